//! AWS clients, made once per cold start over one HTTP client with ring.

use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::{Builder, tls};

/// The SDK's configuration: region, credentials and endpoints come from the environment that Lambda sets, or from the
/// profile of who works at a terminal.
pub async fn sdk() -> SdkConfig {
    let http = Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https();
    aws_config::defaults(BehaviorVersion::latest()).http_client(http).load().await
}
