//! The table itself. In production template.yaml makes it; this is for tests and the local runner.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TimeToLiveSpecification,
};
use engine::StateError;

use crate::failure::{failed, malformed};
use crate::keys::{PK, SK};

/// Makes the table with its keys and its time to live, unless there is one of that name.
pub async fn create_table(client: &Client, name: &str) -> Result<(), StateError> {
    const OPERATION: &str = "create table";
    let mut request = client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    for (attribute, role) in [(PK, KeyType::Hash), (SK, KeyType::Range)] {
        let definition = AttributeDefinition::builder()
            .attribute_name(attribute)
            .attribute_type(ScalarAttributeType::S)
            .build()
            .map_err(|error| malformed(OPERATION, error))?;
        let element = KeySchemaElement::builder()
            .attribute_name(attribute)
            .key_type(role)
            .build()
            .map_err(|error| malformed(OPERATION, error))?;
        request = request.attribute_definitions(definition).key_schema(element);
    }
    match request.send().await {
        Ok(_) => {}
        Err(error)
            if error.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception) =>
        {
            return Ok(());
        }
        Err(error) => return Err(failed(OPERATION, error)),
    }
    let expiry = TimeToLiveSpecification::builder().attribute_name("ttl").enabled(true);
    let expiry = expiry.build().map_err(|error| malformed(OPERATION, error))?;
    let request = client.update_time_to_live().table_name(name).time_to_live_specification(expiry);
    request.send().await.map_err(|error| failed(OPERATION, error))?;
    Ok(())
}
