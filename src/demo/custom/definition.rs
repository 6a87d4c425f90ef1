//! Reads a `CustomResourceDefinition` into the kinds that it brings.

use std::cmp::Reverse;

use serde_json::Value;

use crate::demo::store::{CustomColumn, CustomVersion, Kind, KindInfo, ScalePaths};

/// What a definition brings: the kind as it is stored, and in each version in which it is served.
#[derive(Debug, Clone)]
pub struct Definition {
    /// In the version in which objects are kept.
    pub stored: KindInfo,
    /// In the versions that are served, the preferred one first.
    pub served: Vec<KindInfo>,
}

impl Definition {
    /// Reads a definition by the names that were accepted; `None` when it has no version in which objects are kept.
    pub fn read(object: &Value) -> Option<Definition> {
        let versions = object["spec"]["versions"].as_array()?;
        let storage = versions.iter().find(|version| version["storage"] == true)?;
        let mut served: Vec<&Value> = versions.iter().filter(|version| version["served"] == true).collect();
        served.sort_by_key(|version| Reverse(priority(text(&version["name"]))));
        Some(Definition {
            stored: kind(object, storage),
            served: served.into_iter().map(|version| kind(object, version)).collect(),
        })
    }
}

/// The rank of a version among those of its group: stable ones before beta and alpha, higher numbers before lower ones.
fn priority(version: &str) -> (u8, u32, u32) {
    let Some(rest) = version.strip_prefix('v') else { return (0, 0, 0) };
    let number = |text: &str| text.parse::<u32>().unwrap_or(0);
    match (rest.split_once("beta"), rest.split_once("alpha")) {
        (Some((major, minor)), _) => (2, number(major), number(minor)),
        (None, Some((major, minor))) => (1, number(major), number(minor)),
        (None, None) => (3, number(rest), 0),
    }
}

fn kind(object: &Value, version: &Value) -> KindInfo {
    let spec = &object["spec"];
    let accepted = &object["status"]["acceptedNames"];
    let names = if text(&accepted["plural"]).is_empty() { &spec["names"] } else { accepted };
    let owned = |value: &Value| text(value).to_owned().into();
    let all = |value: &Value| value.as_array().into_iter().flatten().map(owned).collect();
    let subresources = &version["subresources"];
    KindInfo {
        // The store gives it its number.
        stored: Kind::Custom(0),
        group: owned(&spec["group"]),
        version: owned(&version["name"]),
        name: owned(&names["kind"]),
        list_name: match text(&names["listKind"]) {
            "" => format!("{}List", text(&names["kind"])).into(),
            name => name.to_owned().into(),
        },
        plural: owned(&names["plural"]),
        singular: match text(&names["singular"]) {
            "" => text(&names["kind"]).to_lowercase().into(),
            name => name.to_owned().into(),
        },
        short: all(&names["shortNames"]),
        categories: all(&names["categories"]),
        namespaced: spec["scope"] == "Namespaced",
        status: subresources["status"].is_object(),
        scale: subresources["scale"].is_object(),
        message: "",
        custom: Some(CustomVersion {
            storage: version["storage"] == true,
            schema: version["schema"]["openAPIV3Schema"].clone(),
            columns: version["additionalPrinterColumns"]
                .as_array()
                .into_iter()
                .flatten()
                .map(column)
                .collect(),
            selectable: version["selectableFields"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|field| text(&field["jsonPath"]).to_owned())
                .collect(),
            scale: subresources["scale"].is_object().then(|| scale(&subresources["scale"])),
        }),
    }
}

fn column(column: &Value) -> CustomColumn {
    let owned = |key: &str| text(&column[key]).to_owned();
    CustomColumn {
        name: owned("name"),
        kind: owned("type"),
        format: owned("format"),
        description: owned("description"),
        priority: column["priority"].as_i64().unwrap_or(0),
        path: owned("jsonPath"),
    }
}

fn scale(scale: &Value) -> ScalePaths {
    ScalePaths {
        wanted: text(&scale["specReplicasPath"]).to_owned(),
        present: text(&scale["statusReplicasPath"]).to_owned(),
        selector: scale["labelSelectorPath"].as_str().map(str::to_owned),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
