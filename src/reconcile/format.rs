//! Formats of bills: which column holds what.
//!
//! Headers are compared by their letters and digits alone, so `lineItem/UsageType` and
//! `line_item_usage_type` are one column, and `BilledCost` is found where a database lowered it.

use crate::diagnostic::{Diagnostic, Place, Result, suggest};

/// A format of bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillFormat {
    /// FOCUS 1.0 to 1.4, of any provider.
    Focus,
    /// The Cost and Usage Report of AWS, legacy or 2.0.
    AwsCur,
}

/// Every format.
pub const BILL_FORMATS: [BillFormat; 2] = [BillFormat::Focus, BillFormat::AwsCur];

impl BillFormat {
    /// The name used on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Focus => "focus",
            Self::AwsCur => "aws-cur",
        }
    }

    /// The name people know.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Focus => "FOCUS",
            Self::AwsCur => "AWS Cost and Usage Report",
        }
    }

    /// A column that no other format has.
    const fn mark(self) -> &'static str {
        match self {
            Self::Focus => "billedcost",
            Self::AwsCur => "lineitemusagetype",
        }
    }

    /// The format of a header.
    pub(super) fn of(header: &[String]) -> Option<Self> {
        let has = |mark: &str| header.iter().any(|h| plain(h) == mark);
        BILL_FORMATS.into_iter().find(|f| has(f.mark()))
    }
}

/// Letters and digits, lowered: how names are compared.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Where in a row something is.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    pub services: Vec<usize>,
    pub ids: Vec<usize>,
    pub meters: Vec<usize>,
    pub region: Vec<usize>,
    pub unit: Option<usize>,
    pub quantity: Option<usize>,
    pub consumed: Option<(usize, usize)>,
    pub list_cost: Option<usize>,
    pub cost: usize,
    /// Of a FOCUS row, what is invoiced.
    pub billed: Option<usize>,
    pub currency: usize,
    pub kind: usize,
    pub class: Option<usize>,
    pub commitment: Option<usize>,
    pub start: usize,
    pub end: usize,
    pub description: Option<usize>,
    pub plan_cost: Option<usize>,
    pub plan_total: Option<usize>,
    pub plan_used: Option<usize>,
    pub reserved_cost: Option<usize>,
}

impl Layout {
    /// Finds the columns of a format.
    ///
    /// # Errors
    /// When one is missing without which nothing can be compared.
    pub(super) fn find(format: BillFormat, header: &[String], place: Place) -> Result<Self> {
        let names: Vec<String> = header.iter().map(|h| plain(h)).collect();
        let find = |name: &str| names.iter().position(|n| *n == plain(name));
        let all = |wanted: &[&str]| wanted.iter().filter_map(|n| find(n)).collect::<Vec<_>>();
        let mut missing = Vec::new();
        let mut need = |name: &'static str| {
            find(name).unwrap_or_else(|| {
                missing.push(name);
                0
            })
        };
        let layout = match format {
            BillFormat::Focus => Self {
                services: [vec![need("ServiceName")], all(&["x_ServiceCode"])].concat(),
                ids: all(&["SkuPriceId", "SkuId", "x_SkuMeterId"]),
                meters: all(&["x_UsageType", "x_SkuMeterName", "SkuMeter"]),
                region: all(&["RegionId"]),
                unit: find("PricingUnit"),
                quantity: find("PricingQuantity"),
                consumed: find("ConsumedQuantity").zip(find("ConsumedUnit")),
                list_cost: find("ListCost"),
                cost: need("EffectiveCost"),
                billed: Some(need("BilledCost")),
                currency: need("BillingCurrency"),
                kind: need("ChargeCategory"),
                class: find("ChargeClass"),
                commitment: find("CommitmentDiscountId"),
                start: need("ChargePeriodStart"),
                end: need("ChargePeriodEnd"),
                description: find("ChargeDescription"),
                ..Self::default()
            },
            BillFormat::AwsCur => Self {
                services: [
                    vec![need("lineItem/ProductCode")],
                    all(&["product/ProductName", "product/servicecode"]),
                ]
                .concat(),
                ids: all(&["product/sku", "pricing/RateCode"]),
                meters: vec![need("lineItem/UsageType")],
                region: all(&["product/regionCode", "product/region"]),
                unit: find("pricing/unit"),
                quantity: Some(need("lineItem/UsageAmount")),
                list_cost: find("pricing/publicOnDemandCost"),
                cost: need("lineItem/UnblendedCost"),
                currency: need("lineItem/CurrencyCode"),
                kind: need("lineItem/LineItemType"),
                start: need("lineItem/UsageStartDate"),
                end: need("lineItem/UsageEndDate"),
                description: find("lineItem/LineItemDescription"),
                plan_cost: find("savingsPlan/SavingsPlanEffectiveCost"),
                plan_total: find("savingsPlan/TotalCommitmentToDate"),
                plan_used: find("savingsPlan/UsedCommitment"),
                reserved_cost: find("reservation/EffectiveCost"),
                ..Self::default()
            },
        };
        match missing.first() {
            None => Ok(layout),
            Some(first) => {
                let known = header.iter().map(String::as_str);
                Err(Box::new(
                    Diagnostic::input(format!("the bill has no column `{first}`"))
                        .at(place, format!("a {} bill needs it", format.title()))
                        .note(format!("missing: {}", suggest::list(missing.iter().copied())))
                        .maybe_hint(suggest::did_you_mean(first, known)),
                ))
            }
        }
    }
}
