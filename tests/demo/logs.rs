//! What containers have written.

use std::time::Duration;

use quarterdeck::demo::DemoPlatform;
use serde_json::Value;

use super::client::{ask, in_memory, items, run};

async fn text(platform: &DemoPlatform, path: &str) -> (u16, String) {
    let (code, body) = ask(platform, path, "*/*").await;
    (code, String::from_utf8(body).unwrap())
}

/// The path of a running pod of one container.
async fn running(platform: &DemoPlatform) -> String {
    let namespace = "/api/v1/namespaces/production/pods";
    let (_, body) = ask(platform, &format!("{namespace}?fieldSelector=status.phase=Running"), "*/*").await;
    let pods: Value = serde_json::from_slice(&body).unwrap();
    let single = |pod: &&Value| {
        pod["spec"]["containers"].as_array().unwrap().len() == 1
            && pod["status"]["containerStatuses"][0]["state"]["running"].is_object()
    };
    let pod = items(&pods).iter().find(single).unwrap();
    format!("{namespace}/{}", pod["metadata"]["name"].as_str().unwrap())
}

#[test]
fn a_log_is_cut_as_it_is_asked_for() {
    run(async {
        let platform = in_memory();
        platform.advance(Duration::from_secs(300));
        let pod = running(&platform).await;
        let (code, all) = text(&platform, &format!("{pod}/log?sinceSeconds=240")).await;
        assert_eq!(code, 200);
        assert!(all.lines().count() >= 2, "{all}");
        let (_, last) = text(&platform, &format!("{pod}/log?tailLines=1")).await;
        assert_eq!(last.lines().count(), 1);
        assert!(all.ends_with(&last));
        let (_, stamped) = text(&platform, &format!("{pod}/log?tailLines=1&timestamps=true")).await;
        let (time, line) = stamped.split_once(' ').unwrap();
        assert_eq!(line, last);
        assert_eq!(time.len(), "2026-03-02T09:00:00.000000000Z".len());
        let (_, short) = text(&platform, &format!("{pod}/log?tailLines=1&limitBytes=5")).await;
        assert_eq!(short, last[..5]);
    });
}

#[test]
fn a_log_that_there_is_not_is_refused_as_kubelets_do() {
    run(async {
        let platform = in_memory();
        let pod = running(&platform).await;
        let name = pod.rsplit('/').next().unwrap();
        let (code, refused) = text(&platform, &format!("{pod}/log?container=other")).await;
        assert_eq!(code, 400);
        assert!(refused.contains(&format!("container other is not valid for pod {name}")), "{refused}");
        let (code, refused) = text(&platform, &format!("{pod}/log?tailLines=-1")).await;
        assert_eq!(code, 422);
        assert!(refused.contains("must be greater than or equal to 0"), "{refused}");
        let (code, refused) = text(&platform, &format!("{pod}/exec?command=sh")).await;
        assert_eq!(code, 501);
        assert!(refused.contains("runs no processes"), "{refused}");
    });
}
