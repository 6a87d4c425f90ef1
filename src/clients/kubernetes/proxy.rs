//! Which proxy leads to the server, as client-go decides it: `proxy-url` of the cluster, else the environment.

use std::net::IpAddr;

use http::Uri;

use super::connection::Environment;

/// The proxy to the server; `None` for a direct way.
///
/// # Errors
/// When the proxy's address can't be read, or is of a kind that isn't supported.
pub(super) fn choose(
    server: &Uri,
    configured: Option<&str>,
    environment: &Environment,
) -> Result<Option<Uri>, String> {
    if let Some(proxy) = configured.filter(|proxy| !proxy.is_empty()) {
        return parse(proxy).map(Some);
    }
    let host = server.host().unwrap_or_default().trim_matches(['[', ']']);
    let variable = match server.scheme_str() {
        Some("https") => environment.https_proxy.as_deref(),
        _ => environment.http_proxy.as_deref(),
    };
    let Some(proxy) = variable.filter(|proxy| !proxy.is_empty()) else { return Ok(None) };
    if is_local(host)
        || is_exempt(host, server.port_u16(), environment.no_proxy.as_deref().unwrap_or_default())
    {
        return Ok(None);
    }
    parse(proxy).map(Some)
}

fn parse(proxy: &str) -> Result<Uri, String> {
    let with_scheme = if proxy.contains("://") { proxy.to_owned() } else { format!("http://{proxy}") };
    // The address may hold a password, so it isn't repeated.
    let uri: Uri = with_scheme.parse().map_err(|_| "the address of its proxy can't be read".to_owned())?;
    match uri.scheme_str() {
        Some("http" | "https" | "socks5") => Ok(uri),
        scheme => Err(format!("its proxy is of a kind that isn't supported ({})", scheme.unwrap_or("none"))),
    }
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether `NO_PROXY` exempts the host: `*`, a domain with what is below it, an address, or a block of addresses.
fn is_exempt(host: &str, port: Option<u16>, exemptions: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let address = host.parse::<IpAddr>().ok();
    exemptions.split(',').map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        let entry = entry.to_ascii_lowercase();
        if entry == "*" {
            return true;
        }
        if let Some((network, length)) = entry.split_once('/') {
            return address.is_some_and(|address| in_block(address, network, length));
        }
        if let (Some(address), Ok(exempt)) = (address, entry.trim_matches(['[', ']']).parse::<IpAddr>()) {
            return address == exempt;
        }
        let (name, wanted) = match entry.rsplit_once(':') {
            Some((name, digits)) => match digits.parse::<u16>() {
                Ok(wanted) => (name, Some(wanted)),
                Err(_) => (entry.as_str(), None),
            },
            None => (entry.as_str(), None),
        };
        if wanted.is_some() && wanted != port {
            return false;
        }
        let name = name.trim_start_matches('*').trim_start_matches('.');
        host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'))
    })
}

fn in_block(address: IpAddr, network: &str, length: &str) -> bool {
    let (Ok(network), Ok(length)) = (network.parse::<IpAddr>(), length.parse::<u32>()) else { return false };
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) if length <= 32 => {
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            address.to_bits() & mask == network.to_bits() & mask
        }
        (IpAddr::V6(address), IpAddr::V6(network)) if length <= 128 => {
            let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
            address.to_bits() & mask == network.to_bits() & mask
        }
        _ => false,
    }
}
