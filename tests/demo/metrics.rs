//! `metrics.k8s.io`: what nodes and pods use.

use std::time::Duration;

use quarterdeck::demo::DemoPlatform;
use serde_json::Value;

use super::client::{in_memory, run};

async fn get(platform: &DemoPlatform, path: &str) -> (u16, Value) {
    let (code, body) = super::client::ask(platform, path, "application/json").await;
    (code, serde_json::from_slice(&body).unwrap())
}

#[test]
fn pods_and_nodes_tell_what_they_use() {
    run(async {
        let platform = in_memory();
        platform.advance(Duration::from_secs(60));
        let path = "/apis/metrics.k8s.io/v1beta1/namespaces/production/pods";
        let (code, list) = get(&platform, path).await;
        assert_eq!((code, list["kind"].as_str()), (200, Some("PodMetricsList")));
        let pod = &list["items"][0];
        let usage = &pod["containers"][0]["usage"];
        assert!(usage["cpu"].as_str().unwrap().ends_with('n'), "{usage}");
        assert!(usage["memory"].as_str().unwrap().ends_with("Ki"), "{usage}");
        assert!(pod["window"].is_string() && pod["timestamp"].is_string());
        let name = pod["metadata"]["name"].as_str().unwrap();
        assert_eq!(get(&platform, &format!("{path}/{name}")).await.1["containers"], pod["containers"]);
        let (code, missing) = get(&platform, &format!("{path}/nobody")).await;
        let message = "podmetrics.metrics.k8s.io \"production/nobody\" not found";
        assert_eq!((code, missing["message"].as_str()), (404, Some(message)));
        let (_, selected) = get(&platform, &format!("{path}?labelSelector=nothing=here")).await;
        assert!(selected["items"].as_array().unwrap().is_empty());
        let (_, nodes) = get(&platform, "/apis/metrics.k8s.io/v1beta1/nodes").await;
        assert!(!nodes["items"].as_array().unwrap().is_empty());
        assert!(nodes["items"][0]["usage"]["cpu"].as_str().unwrap().ends_with('n'));
        let (_, discovered) = get(&platform, "/apis/metrics.k8s.io/v1beta1").await;
        assert_eq!(discovered["resources"][1]["kind"], "PodMetrics");
    });
}
