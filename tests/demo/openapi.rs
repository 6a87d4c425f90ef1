//! What the platform tells of its kinds in OpenAPI.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, JSON, run, shared};

/// The document of a group version, by the link of the index.
async fn document(client: &Client, name: &str) -> Value {
    let index = client.get("/openapi/v3").await;
    let link = index["paths"][name]["serverRelativeURL"].as_str().expect(name);
    client.get(link).await
}

#[test]
fn every_group_version_has_a_document_of_its_kinds() {
    run(async {
        let client = Client::of(shared());
        let apps = document(&client, "apis/apps/v1").await;
        let schemas = &apps["components"]["schemas"];
        let deployment = &schemas["io.k8s.api.apps.v1.Deployment"];
        assert_eq!(
            deployment["x-kubernetes-group-version-kind"],
            json!([{"group": "apps", "version": "v1", "kind": "Deployment"}])
        );
        assert_eq!(deployment["properties"]["kind"], json!({"type": "string"}));
        let ports = &schemas["io.k8s.api.core.v1.Container"]["properties"]["ports"];
        assert_eq!(
            (&ports["x-kubernetes-patch-merge-key"], &ports["x-kubernetes-list-map-keys"]),
            (&json!("containerPort"), &json!(["containerPort", "protocol"]))
        );
        assert_eq!(schemas["io.k8s.api.core.v1.PodSpec"]["required"], json!(["containers"]));
        let selector = &schemas["io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector"];
        assert_eq!(selector["x-kubernetes-map-type"], "atomic");
        let patch = &apps["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"];
        assert!(patch["requestBody"]["content"].get("application/strategic-merge-patch+json").is_some());
        let parameters: Vec<&str> =
            patch["parameters"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
        assert_eq!(parameters, ["dryRun", "fieldManager", "fieldValidation", "force"]);
        // Every reference leads somewhere.
        for reference in references(&apps) {
            let name = reference.strip_prefix("#/components/schemas/").unwrap();
            assert!(schemas.get(name).is_some_and(Value::is_object), "{name}");
        }
        let core = document(&client, "api/v1").await;
        assert!(core["paths"].get("/api/v1/nodes/{name}/status").is_some());
        assert!(core["components"]["schemas"]["io.k8s.api.core.v1.PodList"].is_object());
    });
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(object) => object
            .iter()
            .flat_map(|(key, value)| match value.as_str() {
                Some(target) if key == "$ref" => vec![target.to_owned()],
                _ => references(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn a_document_that_was_asked_for_by_an_old_hash_has_moved() {
    run(async {
        let client = Client::of(shared());
        let index = client.get("/openapi/v3").await;
        let link = index["paths"]["apis/batch/v1"]["serverRelativeURL"].as_str().unwrap().to_owned();
        let moved = client.get("/openapi/v3/apis/batch/v1?hash=0").await;
        assert_eq!(moved, client.get(&link).await);
        let absent = client
            .send(Method::GET, "/openapi/v3/apis/nothing.example.com/v1", &[("accept", JSON)], None)
            .await;
        assert_eq!(absent.code, 404);
        let older = client.get("/openapi/v2").await;
        assert_eq!(older["swagger"], "2.0");
        let spec = &older["definitions"]["io.k8s.api.apps.v1.Deployment"]["properties"]["spec"];
        assert_eq!(spec["$ref"], "#/definitions/io.k8s.api.apps.v1.DeploymentSpec");
    });
}

#[test]
fn custom_kinds_are_described_by_their_definitions() {
    run(async {
        let client = Client::of(shared());
        let issued = document(&client, "apis/cert-manager.io/v1").await;
        let certificate = &issued["components"]["schemas"]["io.cert-manager.v1.Certificate"];
        assert_eq!(certificate["x-kubernetes-group-version-kind"][0]["kind"], "Certificate");
        assert!(certificate["properties"]["spec"]["properties"].get("secretName").is_some());
        let path = "/apis/cert-manager.io/v1/namespaces/{namespace}/certificates/{name}";
        let content = &issued["paths"][path]["patch"]["requestBody"]["content"];
        assert!(content.get("application/merge-patch+json").is_some());
        assert!(content.get("application/strategic-merge-patch+json").is_none());
    });
}
