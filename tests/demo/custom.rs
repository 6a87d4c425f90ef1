//! Custom resources: their definitions, what they bring, and how their objects are written.

use quarterdeck::demo::DemoServer;
use serde_json::{Value, json};

use super::client::{Client, JSON, PROTOBUF, items, names, run, still};

#[test]
fn definitions_of_the_platform_are_established_and_served() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let definitions = client.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions").await;
        assert!(names(&definitions).contains(&"certificates.cert-manager.io".to_owned()));
        for definition in items(&definitions) {
            let conditions = definition["status"]["conditions"].as_array().unwrap();
            for wanted in ["NamesAccepted", "Established"] {
                assert!(conditions.iter().any(|it| it["type"] == wanted && it["status"] == "True"));
            }
            assert_eq!(definition["status"]["acceptedNames"], definition["spec"]["names"]);
            let version = &definition["spec"]["versions"][0]["name"];
            assert_eq!(definition["status"]["storedVersions"], json!([version]));
        }
        let certificates = client.get("/apis/cert-manager.io/v1").await;
        let resources = certificates["resources"].as_array().unwrap();
        let certificate = resources.iter().find(|it| it["name"] == "certificates").unwrap();
        assert_eq!(certificate["shortNames"], json!(["cert", "certs"]));
        assert!(resources.iter().any(|it| it["name"] == "certificates/status"));
        let issuers = resources.iter().find(|it| it["name"] == "clusterissuers").unwrap();
        assert_eq!(issuers["namespaced"], false);
        let list = client.get("/apis/velero.io/v1/namespaces/velero/backups").await;
        assert_eq!((&list["kind"], &list["apiVersion"]), (&json!("BackupList"), &json!("velero.io/v1")));
    });
}

#[test]
fn custom_objects_are_never_whole_in_protobuf() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        let answer = client.send(reqwest::Method::GET, path, &[("accept", PROTOBUF)], None).await;
        assert_eq!(answer.code, 406);
        let either = format!("{PROTOBUF},{JSON}");
        let answer = client.send(reqwest::Method::GET, path, &[("accept", &either)], None).await;
        let list: Value = answer.json(200);
        assert_eq!(list["kind"], "CustomResourceDefinitionList");
        let metadata = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
        let answer = client.send(reqwest::Method::GET, path, &[("accept", metadata)], None).await;
        assert_eq!(answer.code, 200);
        let raw = super::client::unwrap_envelope(&answer.body);
        let partial: k8s_pb::apimachinery::pkg::apis::meta::v1::PartialObjectMetadataList =
            prost::Message::decode(raw.as_slice()).unwrap();
        assert_eq!(partial.items.len(), items(&list).len());
    });
}
