//! What the API server passes on to pods, services and nodes.

use std::time::Duration;

use quarterdeck::demo::DemoPlatform;

use super::client::{ask, in_memory, run};

async fn text(platform: &DemoPlatform, path: &str) -> (u16, String) {
    let (code, body) = ask(platform, path, "*/*").await;
    (code, String::from_utf8(body).unwrap())
}

#[test]
fn a_service_passes_on_to_its_pods() {
    run(async {
        let platform = in_memory();
        platform.advance(Duration::from_secs(30));
        let services = "/api/v1/namespaces/production/services";
        let (_, list) = text(&platform, services).await;
        let list: serde_json::Value = serde_json::from_str(&list).unwrap();
        let ported = |it: &&serde_json::Value| it["spec"]["selector"].is_object();
        let service = list["items"].as_array().unwrap().iter().find(ported).unwrap();
        let (name, port) =
            (service["metadata"]["name"].as_str().unwrap(), &service["spec"]["ports"][0]["port"]);
        let (code, metrics) = text(&platform, &format!("{services}/{name}:{port}/proxy/metrics")).await;
        assert_eq!(code, 200, "{metrics}");
        assert!(metrics.contains("# TYPE "), "{metrics}");
        let (code, missing) = text(&platform, &format!("{services}/{name}:{port}/proxy/no/such/page")).await;
        assert_eq!((code, missing.as_str()), (404, "404 page not found\n"));
        let (code, refused) = text(&platform, &format!("{services}/{name}:7/proxy/metrics")).await;
        assert_eq!(code, 503);
        assert!(
            refused.contains(&format!("no service port 7 found for service \\\"{name}\\\"")),
            "{refused}"
        );
        let (code, refused) = text(&platform, &format!("{services}/nobody/proxy/")).await;
        assert_eq!(code, 404);
        assert!(refused.contains("services \\\"nobody\\\" not found"), "{refused}");
    });
}

#[test]
fn a_node_answers_as_its_kubelet() {
    run(async {
        let platform = in_memory();
        platform.advance(Duration::from_secs(30));
        let (_, nodes) = text(&platform, "/api/v1/nodes").await;
        let nodes: serde_json::Value = serde_json::from_str(&nodes).unwrap();
        let name = nodes["items"][0]["metadata"]["name"].as_str().unwrap();
        let node = format!("/api/v1/nodes/{name}/proxy");
        assert_eq!(text(&platform, &format!("{node}/healthz")).await, (200, "ok".to_owned()));
        let (_, summary) = text(&platform, &format!("{node}/stats/summary")).await;
        let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
        assert_eq!(summary["node"]["nodeName"], name);
        assert!(summary["pods"][0]["containers"][0]["cpu"]["usageNanoCores"].is_u64());
        let (_, metrics) = text(&platform, &format!("{node}/metrics/resource")).await;
        assert!(metrics.contains("container_memory_working_set_bytes{"), "{metrics}");
        let (code, refused) = text(&platform, &format!("/api/v1/nodes/{name}:81/proxy/")).await;
        assert_eq!(code, 503);
        assert!(refused.contains("connect: connection refused"), "{refused}");
    });
}
