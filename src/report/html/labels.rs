//! Names beside points, where they cover nothing.

/// Where a name stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Label {
    pub(super) x: f64,
    pub(super) y: f64,
    /// `text-anchor`.
    pub(super) anchor: &'static str,
}

/// A rectangle: left, top, right, bottom.
type Area = [f64; 4];

/// Half of a point's width.
const POINT: f64 = 6.0;
/// Width of a letter and height of a line.
const LETTER: (f64, f64) = (6.8, 13.0);
/// Around a point, first where a line that comes from above and goes to the right is not.
const PLACES: [(f64, f64, &str); 8] = [
    (8.0, -7.0, "start"),
    (-8.0, 16.0, "end"),
    (9.0, 4.0, "start"),
    (-9.0, 4.0, "end"),
    (0.0, -9.0, "middle"),
    (0.0, 18.0, "middle"),
    (8.0, 16.0, "start"),
    (-8.0, -7.0, "end"),
];

fn apart(a: &Area, b: &Area) -> bool {
    a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1]
}

/// Places for the names of points, the first of them first; none where there is no room.
pub(super) fn place(points: &[((f64, f64), &str)], inside: Area) -> Vec<Option<Label>> {
    let around = |(x, y): (f64, f64)| [x - POINT, y - POINT, x + POINT, y + POINT];
    let mut taken: Vec<Area> = points.iter().map(|p| around(p.0)).collect();
    let mut found = Vec::new();
    for ((x, y), name) in points {
        #[expect(clippy::cast_precision_loss, reason = "a short name")]
        let width = name.chars().count() as f64 * LETTER.0;
        let free = PLACES.iter().find_map(|(dx, dy, anchor)| {
            let (x, y) = (x + dx, y + dy);
            let left = match *anchor {
                "start" => x,
                "end" => x - width,
                _ => x - width / 2.0,
            };
            let area = [left, y - LETTER.1 + 2.0, left + width, y + 2.0];
            let fits = area[0] >= inside[0]
                && area[1] >= inside[1]
                && area[2] <= inside[2]
                && area[3] <= inside[3];
            (fits && taken.iter().all(|t| apart(t, &area)))
                .then_some((area, Label { x, y, anchor }))
        });
        taken.extend(free.map(|f| f.0));
        found.push(free.map(|f| f.1));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSIDE: Area = [0.0, 0.0, 300.0, 200.0];

    #[test]
    fn names_stand_beside_their_points_and_inside() {
        let labels = place(&[((20.0, 100.0), "one"), ((290.0, 100.0), "two")], INSIDE);
        let anchors: Vec<_> = labels.iter().map(|l| l.unwrap().anchor).collect();
        assert_eq!(anchors, ["start", "end"]);
    }

    #[test]
    fn names_of_points_at_one_place_do_not_cover_each_other() {
        let names: Vec<String> = (0..9).map(|i| format!("name {i}")).collect();
        let points: Vec<_> = names.iter().map(|n| ((150.0, 100.0), n.as_str())).collect();
        let labels = place(&points, INSIDE);
        let placed: Vec<_> = labels.iter().flatten().collect();
        assert!(placed.len() >= 4 && placed.len() < 9, "{labels:?}");
        for (i, a) in placed.iter().enumerate() {
            assert!(placed[..i].iter().all(|b| a != b));
        }
    }
}
