//! The JSON Schema of a document, made from the type that is printed.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

/// The schema of a document whose `schema` says `name`.
pub(super) fn of<T: JsonSchema>(name: &str) -> Schema {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<T>();
    let title = name.strip_suffix("/1").unwrap_or(name).replace(['/', '-'], " ");
    schema.insert("title".into(), title.into());
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert("schema".into(), json!({ "const": name }));
    }
    schema
}
