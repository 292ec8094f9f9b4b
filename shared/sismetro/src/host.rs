//! Where the key of an account may go.

use http::Uri;

/// Whether requests with the key of an account may go to `uri`: over TLS to a host of Sismetro, or to this machine
/// and to names that exist nowhere, which are tests (`contracts/sismetro.md` §3).
pub(crate) fn is_allowed(uri: &Uri) -> bool {
    let Some(host) = uri.host().map(str::to_ascii_lowercase) else { return false };
    // What stands before an @ is not the host, and people read it as one.
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return false;
    }
    match uri.scheme_str() {
        Some("https") => of_sismetro(&host) || of_a_test(&host),
        Some("http") => of_a_test(&host),
        _ => false,
    }
}

/// Whether `host`, in lower case, is below `sismetro.com`.
pub(crate) fn of_sismetro(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.strip_suffix(".sismetro.com").is_some_and(|below| below.split('.').all(label))
}

/// RFC 6761 keeps these names free of real hosts.
fn of_a_test(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    matches!(host.rsplit('.').next(), Some("localhost" | "test"))
        || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(uri: &str) -> bool {
        uri.parse::<Uri>().is_ok_and(|uri| is_allowed(&uri))
    }

    #[test]
    fn the_key_goes_to_sismetro_and_to_tests() {
        for uri in [
            "https://integracaog7.api.sismetro.com/serviceOrder/open",
            "https://GET.api.sismetro.com",
            "http://127.0.0.1:8080/x",
            "http://[::1]:8080/x",
            "http://localhost:8080",
            "http://sismetro.test/serviceOrder/open",
        ] {
            assert!(allowed(uri), "{uri}");
        }
    }

    #[test]
    fn the_key_goes_nowhere_else() {
        for uri in [
            "http://get.api.sismetro.com",
            "https://sismetro.com.evil.example/",
            "https://evilsismetro.com",
            "https://.sismetro.com",
            "https://evil.example/.sismetro.com",
            "https://get.api.sismetro.com@evil.example/",
            "https://evil.example@get.api.sismetro.com/",
            "https://10.0.0.1/",
            "ftp://get.api.sismetro.com/",
            "/serviceOrder/open",
            "",
        ] {
            assert!(!allowed(uri), "{uri}");
        }
    }
}
