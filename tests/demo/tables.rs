//! Objects as rows, as the API server prints them.

use quarterdeck::demo::DemoServer;
use serde_json::{Value, json};

use super::client::{Client, run, still};

const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

async fn table(client: &Client, path: &str) -> Value {
    client.send(reqwest::Method::GET, path, &[("accept", TABLE)], None).await.json(200)
}

/// The titles of the columns, those for wide output with a star.
fn titles(table: &Value) -> Vec<String> {
    let columns = table["columnDefinitions"].as_array().unwrap();
    let title = |column: &Value| {
        let wide = if column["priority"] == 1 { "*" } else { "" };
        format!("{}{wide}", column["name"].as_str().unwrap())
    };
    columns.iter().map(title).collect()
}

fn rows(table: &Value) -> &Vec<Value> {
    table["rows"].as_array().unwrap()
}

#[test]
fn each_row_has_a_cell_for_each_column() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        for path in [
            "/api/v1/pods",
            "/api/v1/nodes",
            "/api/v1/namespaces",
            "/api/v1/services",
            "/api/v1/events",
            "/apis/events.k8s.io/v1/events",
            "/api/v1/resourcequotas",
            "/apis/apps/v1/deployments",
            "/apis/apps/v1/replicasets",
            "/apis/apps/v1/statefulsets",
            "/apis/apps/v1/daemonsets",
            "/apis/batch/v1/jobs",
            "/apis/autoscaling/v2/horizontalpodautoscalers",
            "/apis/policy/v1/poddisruptionbudgets",
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        ] {
            let table = table(&client, path).await;
            let columns = titles(&table).len();
            assert!(!rows(&table).is_empty(), "{path} is empty");
            for row in rows(&table) {
                assert_eq!(row["cells"].as_array().unwrap().len(), columns, "{path}: {row}");
            }
        }
    });
}

#[test]
fn columns_and_cells_read_as_the_server_prints_them() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let pods = table(&client, "/api/v1/namespaces/production/pods").await;
        assert_eq!(
            titles(&pods),
            [
                "Name",
                "Ready",
                "Status",
                "Restarts",
                "Age",
                "IP*",
                "Node*",
                "Nominated Node*",
                "Readiness Gates*"
            ]
        );
        let restarted = rows(&pods).iter().map(|row| row["cells"][3].as_str().unwrap());
        // A pod that has restarted says when.
        assert!(restarted.into_iter().any(|text| text.starts_with("3 (") && text.ends_with(" ago)")));
        let deployments = table(&client, "/apis/apps/v1/namespaces/production/deployments").await;
        let ready = &rows(&deployments)[0]["cells"];
        assert!(ready[1].as_str().unwrap().contains('/'));
        assert!(ready[2].is_i64() && ready[3].is_i64());
        let autoscalers =
            table(&client, "/apis/autoscaling/v2/namespaces/production/horizontalpodautoscalers").await;
        let targets = rows(&autoscalers)[0]["cells"][2].as_str().unwrap();
        assert!(targets.starts_with("cpu: ") && targets.ends_with('%'), "{targets}");
        let quota = table(&client, "/api/v1/namespaces/production/resourcequotas").await;
        let quota = &rows(&quota)[0]["cells"];
        assert!(quota[1].as_str().unwrap().contains("pods: "), "{quota}");
        assert!(quota[2].as_str().unwrap().starts_with("limits."), "{quota}");
        let finished = table(&client, "/api/v1/pods?fieldSelector=status.phase=Succeeded").await;
        let conditions = &rows(&finished)[0]["conditions"];
        assert_eq!(conditions[0]["type"], "Completed");
    });
}

#[test]
fn rows_carry_what_is_asked_for_of_their_objects() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let path = "/api/v1/namespaces/sandbox/pods";
        let with = |policy: &str| format!("{path}?includeObject={policy}");
        assert_eq!(rows(&table(&client, path).await)[0]["object"]["kind"], "PartialObjectMetadata");
        let whole = table(&client, &with("Object")).await;
        assert_eq!(rows(&whole)[0]["object"]["kind"], "Pod");
        assert!(rows(&whole)[0]["object"]["spec"].is_object());
        assert!(rows(&table(&client, &with("None")).await)[0]["object"].is_null());
        let refused =
            client.send(reqwest::Method::GET, &with("Everything"), &[("accept", TABLE)], None).await;
        assert_eq!(refused.code, 400);
    });
}

#[test]
fn a_watch_of_tables_names_the_columns_once() {
    run(async {
        let server = DemoServer::start(still()).await.unwrap();
        let client = Client::of(&server);
        let path = "/api/v1/namespaces?watch=true&timeoutSeconds=1";
        let answer = client.send(reqwest::Method::GET, path, &[("accept", TABLE)], None).await;
        let text = String::from_utf8(answer.body).unwrap();
        let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(events.len() > 2);
        assert_eq!(events[0]["object"]["columnDefinitions"][1]["name"], "Status");
        assert!(events[1..].iter().all(|event| event["object"]["columnDefinitions"].is_null()));
        assert_eq!(events[1]["object"]["kind"], json!("Table"));
    });
}
