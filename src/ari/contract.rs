//! What we need of Asterisk, held against what it says of itself: `/ari/api-docs` describes every request and every event.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::event::{FIELDS, WANTED};
use crate::request::Kind;

/// What an Asterisk says of itself.
#[derive(Debug, Default)]
pub struct Description {
    /// Query and body parameters by method and path.
    requests: BTreeMap<(String, String), BTreeSet<String>>,
    /// Fields by model.
    models: BTreeMap<String, BTreeSet<String>>,
}

/// What it lacks, in words.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// What we cannot do without.
    pub needed: Vec<String>,
    /// What we have a way round for.
    pub optional: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    apis: Vec<Api>,
    #[serde(default)]
    models: BTreeMap<String, Model>,
}

#[derive(Deserialize)]
struct Api {
    path: String,
    #[serde(default)]
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Operation {
    http_method: String,
    #[serde(default)]
    parameters: Vec<Parameter>,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
}

#[derive(Deserialize)]
struct Model {
    #[serde(default)]
    properties: BTreeMap<String, serde::de::IgnoredAny>,
}

/// The files that the list of files names.
pub fn files(resources: &str) -> Result<Vec<String>, serde_json::Error> {
    let list: File = serde_json::from_str(resources)?;
    let name = |api: Api| api.path.trim_start_matches("/api-docs/").replace("{format}", "json");
    Ok(list.apis.into_iter().map(name).collect())
}

impl Description {
    /// Takes in one more file.
    pub fn add(&mut self, file: &str) -> Result<(), serde_json::Error> {
        let file: File = serde_json::from_str(file)?;
        for api in file.apis {
            for operation in api.operations {
                let parameters = operation.parameters.into_iter().map(|parameter| parameter.name).collect();
                self.requests.insert((operation.http_method, api.path.clone()), parameters);
            }
        }
        self.models.extend(file.models.into_iter().map(|(name, model)| (name, model.properties.into_keys().collect())));
        Ok(())
    }

    /// What we use and it does not have.
    pub fn missing(&self) -> Missing {
        let mut missing = Missing::default();
        for kind in Kind::ALL {
            let list = if kind.spec().needed { &mut missing.needed } else { &mut missing.optional };
            list.extend(self.lacks(*kind));
        }
        for (model, field, _) in FIELDS {
            let Some(fields) = self.models.get(*model) else {
                missing.needed.push(format!("the event or object {model}"));
                continue;
            };
            if !fields.contains(*field) {
                // SIP's own status came in 2025; without it a refusal is told from silence by its Q.850 cause alone.
                let list = if *field == "tech_cause" { &mut missing.optional } else { &mut missing.needed };
                list.push(format!("the field {field} of {model}"));
            }
        }
        // Those that have fields which we look at were told of already.
        let bare = WANTED.iter().filter(|event| !FIELDS.iter().any(|(model, ..)| model == *event));
        let unknown = bare.filter(|event| !self.models.contains_key(**event));
        missing.needed.extend(unknown.map(|event| format!("the event {event}")));
        missing
    }

    fn lacks(&self, kind: Kind) -> Vec<String> {
        let spec = kind.spec();
        let request = (spec.method.name().to_owned(), spec.path.to_owned());
        let Some(parameters) = self.requests.get(&request) else {
            return vec![format!("the request {} {}", request.0, request.1)];
        };
        let used = spec.query.iter().chain(spec.body.as_ref());
        let unknown = used.filter(|parameter| !parameters.contains(**parameter));
        unknown.map(|parameter| format!("the parameter {parameter} of {} {}", request.0, request.1)).collect()
    }
}
