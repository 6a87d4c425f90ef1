//! Who the API server takes the person for.

use super::Services;

/// The user's name at the server; nothing where it does not say in time.
pub(super) async fn at_the_server(services: &Services) -> Option<String> {
    let reader = services.connection.reader();
    let asked = tokio::time::timeout(services.pace.read, reader.user_name()).await;
    asked.ok()?.ok().filter(|name| !name.is_empty())
}
