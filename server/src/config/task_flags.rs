//! `pinfold task <task> …`: one subcommand a task, made from the table that everything else about the
//! tasks is made from.

use std::io::{IsTerminal as _, Read as _};
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args as _, Command, FromArgMatches, Subcommand};
use pinfold_api::{FieldKind, FieldSpec, TASKS, TaskSpec};
use secrecy::SecretString;
use serde_json::{Map, Value};
use url::Url;

use super::{ConfigError, Settings, secret};

/// A text that is longer is no tweet and no message.
const STDIN_CAP: u64 = 64 * 1024;

/// What was asked for.
#[derive(Debug)]
pub struct TaskFlags {
    /// The task.
    pub task: &'static TaskSpec,
    /// Its fields, as they stand in the body of a request.
    pub given: Map<String, Value>,
    /// A connection's name or id.
    pub connection: String,
    /// JSON for machines.
    pub json: bool,
    /// The server to ask, unless it is the one on the data folder.
    pub server: Option<Url>,
    /// The file of a task key, when it is to ask instead of the operator.
    pub task_key_file: Option<PathBuf>,
    /// Where that one's folder is, and the access key.
    pub settings: Settings,
}

impl TaskFlags {
    /// A task key to ask with, instead of the access key.
    pub fn task_key(&self) -> Result<Option<SecretString>, ConfigError> {
        let found = secret::read("task-key", self.task_key_file.as_deref(), None)?;
        Ok(found.map(|found| found.text))
    }
}

impl Subcommand for TaskFlags {
    fn augment_subcommands(command: Command) -> Command {
        command.subcommand_required(true).subcommands(TASKS.iter().map(command_of))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        pinfold_api::task(name).is_some()
    }
}

fn command_of(task: &'static TaskSpec) -> Command {
    let command = Command::new(task.name).after_help(example(task));
    let command = task.fields.iter().fold(command, |command, field| command.arg(arg_of(field)));
    let command = command
        .arg(
            Arg::new("connection")
                .long("connection")
                .value_name("NAME")
                .required(true)
                .help("The connection, by its name or id"),
        )
        .arg(flag("preview", "Send nothing; show the exact requests and what they would cost"))
        .arg(flag("json", "Print JSON, for machines"))
        .arg(
            Arg::new("server")
                .long("server")
                .value_name("URL")
                .env("PINFOLD_SERVER")
                .value_parser(|text: &str| Url::parse(text))
                .help("The Pinfold to ask [default: the one that runs on the data folder]"),
        );
    let command = command.arg(
        Arg::new("task-key-file")
            .long("task-key-file")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help(
                "File that holds a task key, to ask with instead of the access key \
                 [env: PINFOLD_TASK_KEY or PINFOLD_TASK_KEY_FILE]",
            ),
    );
    // Last: the settings bring words of their own about themselves.
    Settings::augment_args(command).about(task.about)
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

/// What must be given comes by its place, the rest by its name.
fn arg_of(field: &'static FieldSpec) -> Arg {
    let long = field.name.replace('_', "-");
    match field.kind {
        FieldKind::Flag => {
            Arg::new(field.name).long(long).action(ArgAction::SetTrue).help(field.hint)
        }
        _ if !field.required => {
            Arg::new(field.name).long(long).value_name(field.label.to_uppercase()).help(field.hint)
        }
        // A text may also come from standard input, and may begin with a dash.
        FieldKind::Tweet | FieldKind::Text(_) => Arg::new(field.name)
            .value_name(field.label.to_uppercase())
            .allow_hyphen_values(true)
            .help(format!("{} From standard input when left out.", field.hint)),
        _ => Arg::new(field.name)
            .value_name(field.name.to_uppercase())
            .required(true)
            .help(field.hint),
    }
}

fn example(task: &TaskSpec) -> String {
    let given: Vec<_> = task
        .fields
        .iter()
        .filter(|field| field.required)
        .map(|field| match field.kind {
            FieldKind::Tweet | FieldKind::Text(_) => " \"hello\"",
            FieldKind::TweetIdOrLatest => " 0",
            FieldKind::User => " @brief",
            _ => " 1460323737035677698",
        })
        .collect();
    format!(
        "It asks the Pinfold that runs on the data folder, as the operator or with a task key.\n\n\
         Exit codes: 0 done, 1 not done, 2 used wrongly.\n\n\
         Example:\n  pinfold task {} --connection brief{}",
        task.name,
        given.concat(),
    )
}

impl FromArgMatches for TaskFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let missing = || clap::Error::new(clap::error::ErrorKind::MissingSubcommand);
        let (name, matches) = matches.subcommand().ok_or_else(missing)?;
        let task = pinfold_api::task(name).ok_or_else(missing)?;
        let mut given = Map::new();
        for field in task.fields {
            let value = match field.kind {
                FieldKind::Flag => matches.get_flag(field.name).then_some(Value::Bool(true)),
                _ => matches.get_one::<String>(field.name).cloned().map(Value::String),
            };
            let text = matches!(field.kind, FieldKind::Tweet | FieldKind::Text(_));
            let from_input = value.as_ref().is_none_or(|value| value == "-");
            let value = match value {
                _ if text && field.required && from_input => {
                    Some(Value::String(standard_input(field)?))
                }
                value => value,
            };
            given.extend(value.map(|value| (field.name.to_owned(), value)));
        }
        if matches.get_flag("preview") {
            given.insert("preview".to_owned(), true.into());
        }
        Ok(Self {
            task,
            given,
            connection: matches.get_one::<String>("connection").cloned().unwrap_or_default(),
            json: matches.get_flag("json"),
            server: matches.get_one::<Url>("server").cloned(),
            task_key_file: matches.get_one::<PathBuf>("task-key-file").cloned(),
            settings: Settings::from_arg_matches(matches)?,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn standard_input(field: &FieldSpec) -> Result<String, clap::Error> {
    let refuse = |kind, words: String| clap::Error::raw(kind, words + "\n");
    let input = std::io::stdin();
    if input.is_terminal() {
        let words = format!("{}: missing; name it or write it to standard input", field.name);
        return Err(refuse(clap::error::ErrorKind::MissingRequiredArgument, words));
    }
    let mut text = String::new();
    input.lock().take(STDIN_CAP).read_to_string(&mut text).map_err(|error| {
        let words = format!("{}: standard input cannot be read: {error}", field.name);
        refuse(clap::error::ErrorKind::InvalidUtf8, words)
    })?;
    // The line break is the terminal's.
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::Cli;

    #[test]
    fn every_task_is_a_command_that_explains_itself() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
        for task in &pinfold_api::TASKS {
            let error = Cli::try_parse_from(["pinfold", "task", task.name, "--help"])
                .expect_err("help is an error to clap");
            let help = error.to_string();
            assert!(help.starts_with(task.about) && help.contains("Example:"), "{help}");
        }
    }
}
