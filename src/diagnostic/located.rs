//! Values of a YAML file with the place they were read from.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use serde_yaml::{Location, Spanned};
use std::borrow::Cow;

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    location: Location,
}

/// A scalar, as text, with its place. Numbers and booleans keep the digits and letters they are written in.
#[derive(Clone, Debug)]
pub struct Field {
    /// The text.
    pub value: String,
    location: Location,
    defined: Location,
}

impl Field {
    /// Where the text itself stands; another place than the field's for an alias.
    pub(super) const fn defined(&self) -> Location {
        self.defined
    }
}

/// Anything that knows where it was read.
pub trait Placed {
    /// Where.
    fn location(&self) -> Location;
}

impl<T> Placed for Located<T> {
    fn location(&self) -> Location {
        self.location
    }
}

impl Placed for Field {
    fn location(&self) -> Location {
        self.location
    }
}

impl<T> Located<T> {
    /// Text that stands at the same place.
    #[must_use]
    pub fn field(&self, text: impl Into<String>) -> Field {
        Field { value: text.into(), location: self.location, defined: self.location }
    }

    /// Another value that stands at the same place.
    #[must_use]
    pub const fn with<U>(&self, value: U) -> Located<U> {
        Located { value, location: self.location }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        Ok(Self { location: spanned.referenced, value: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<String>::deserialize(deserializer)?;
        let (location, defined) = (spanned.referenced, spanned.defined);
        Ok(Self { location, defined, value: spanned.value })
    }
}

/// As its value: the place is not written.
impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// Any scalar.
impl JsonSchema for Field {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Scalar".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

/// A schema of what may be written in one of two ways.
#[must_use]
pub fn either(one: Schema, other: Schema) -> Schema {
    json_schema!({ "anyOf": [one, other] })
}
