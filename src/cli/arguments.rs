//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

#[cfg(feature = "demo")]
use crate::demo::DemoUser;

/// A terminal console for on-call engineers: a Kubernetes platform by zones, and safe operations on it.
#[derive(Debug, Parser)]
#[command(
    name = "quarterdeck",
    version,
    args_conflicts_with_subcommands = false,
    subcommand_precedence_over_arg = true
)]
pub struct Arguments {
    /// What to do; without it, the console opens.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// The pane that the console opens on: zones, workloads or pods.
    #[arg(value_name = "PANE")]
    pub pane: Option<String>,

    /// What holds for every command.
    #[command(flatten)]
    pub common: Common,
}

/// What holds for every command.
#[derive(Debug, Clone, Default, Args)]
pub struct Common {
    /// The kubeconfig context to use.
    #[arg(long, global = true, value_name = "NAME", help_heading = "Cluster")]
    pub context: Option<String>,

    /// Only this namespace; can be given several times. Without it, all that may be seen.
    #[arg(long, short = 'n', global = true, value_name = "NAME", help_heading = "Cluster")]
    pub namespace: Vec<String>,

    /// The kubeconfig file, in place of $KUBECONFIG and ~/.kube/config.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Cluster")]
    pub kubeconfig: Option<PathBuf>,

    /// Refuse every operation.
    #[arg(long, global = true, help_heading = "Cluster")]
    pub read_only: bool,

    /// The settings file.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Files")]
    pub config: Option<PathBuf>,

    /// The platform profile: a name or a file.
    #[arg(long, global = true, value_name = "NAME", help_heading = "Files")]
    pub profile: Option<String>,

    /// The keymap laid over the shipped one: a name or a file.
    #[arg(long, global = true, value_name = "NAME", help_heading = "Files")]
    pub keymap: Option<String>,

    /// The theme: dark, light, or a file.
    #[arg(long, global = true, value_name = "NAME", help_heading = "Files")]
    pub theme: Option<String>,

    /// Draw with ASCII alone.
    #[arg(long, global = true, help_heading = "Screen")]
    pub ascii: bool,

    /// Use no colours.
    #[arg(long, global = true, help_heading = "Screen")]
    pub no_color: bool,

    /// What the embedded platform is like.
    #[cfg(feature = "demo")]
    #[command(flatten)]
    pub demo: Demo,
}

/// The embedded platform.
#[cfg(feature = "demo")]
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Embedded platform")]
pub struct Demo {
    /// Use the embedded platform in place of a cluster.
    #[arg(long, global = true)]
    pub demo: bool,

    /// So many pods in all.
    #[arg(long, global = true, value_name = "N")]
    pub pods: Option<usize>,

    /// What the embedded platform is made from: the same number makes the same platform.
    #[arg(long, global = true, value_name = "N")]
    pub seed: Option<u64>,

    /// So many pods change in a second.
    #[arg(long, global = true, value_name = "RATE")]
    pub churn: Option<f64>,

    /// Whom to come to the embedded platform as: admin, oncall, viewer or restricted.
    #[arg(long, global = true, value_name = "NAME")]
    pub user: Option<DemoUser>,

    /// Begin with a scenario: the name of one, or a file that describes one.
    #[arg(long, global = true, value_name = "NAME")]
    pub scenario: Option<String>,

    /// Begin with a drill: a scenario, by chance or named, whose cause is for you to find.
    #[arg(long, global = true, value_name = "NAME", num_args = 0..=1, default_missing_value = "", conflicts_with = "scenario")]
    pub drill: Option<String>,
}

/// The commands beside the console itself.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Draw one frame of a pane, or print its rows, once its data is there.
    Snapshot(Snapshot),
    /// List every source: how it was found, and whether it is reachable and permitted.
    Doctor {
        /// How to print it.
        #[arg(long, value_enum, default_value_t)]
        format: DoctorFormat,
        /// How many seconds to wait for the sources.
        #[arg(long, default_value_t = 15, value_name = "SECONDS")]
        timeout: u64,
    },
    /// Do an operation without the screen: with the same preflight, and into the same journal.
    Run(Run),
    /// Print the record of operations.
    Journal {
        /// How to print it.
        #[arg(long, value_enum, default_value_t)]
        format: JournalFormat,
    },
    /// Serve the embedded platform alone, and print the path of a kubeconfig for it.
    #[cfg(feature = "demo")]
    ServeDemo,
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page.
    Man,
    /// Print every key, by context.
    Keys,
    /// Print every action, with its arguments.
    Actions,
}

/// `snapshot`.
#[derive(Debug, Args)]
pub struct Snapshot {
    /// The pane: zones, workloads or pods.
    #[arg(value_name = "PANE")]
    pub pane: String,
    /// The size of the frame, in columns and rows.
    #[arg(long, default_value = "160x45", value_name = "WxH", value_parser = parse_size)]
    pub size: (u16, u16),
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    pub format: SnapshotFormat,
    /// Narrow the rows, as the filter of the console does.
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// How many seconds to wait for the data.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    pub timeout: u64,
}

/// `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// The action, such as workload.scale.
    pub action: String,
    /// What it is about, such as deployment/production/backend-rust.
    pub subject: String,
    /// Its arguments, as name=value.
    #[arg(value_name = "ARG=VALUE")]
    pub arguments: Vec<String>,
    /// Stop after the preflight, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Answer a question with yes. Does not answer one that wants the name typed.
    #[arg(long)]
    pub yes: bool,
    /// Answer a question that wants it typed.
    #[arg(long, value_name = "CONTEXT/NAME")]
    pub confirm: Option<String>,
}

/// How `snapshot` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum SnapshotFormat {
    /// The frame as plain text.
    #[default]
    Text,
    /// The frame with colours.
    Ansi,
    /// The frame as a picture.
    Svg,
    /// The rows with typed values.
    Json,
}

/// How `doctor` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum DoctorFormat {
    /// A table.
    #[default]
    Text,
    /// JSON.
    Json,
}

/// How `journal` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum JournalFormat {
    /// Plain text.
    #[default]
    Text,
    /// JSON.
    Json,
    /// Markdown.
    Markdown,
}

fn parse_size(text: &str) -> Result<(u16, u16), String> {
    let wrong = || format!("`{text}` is no size: it takes COLUMNSxROWS, such as 160x45");
    let (width, height) = text.split_once(['x', 'X']).ok_or_else(wrong)?;
    let size: (u16, u16) = (width.parse().map_err(|_| wrong())?, height.parse().map_err(|_| wrong())?);
    if (1..=1000).contains(&size.0) && (1..=1000).contains(&size.1) { Ok(size) } else { Err(wrong()) }
}
