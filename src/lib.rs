//! Finds Proxy-Wasm plugins that act on a stale route.
//!
//! The pipeline is [`analyse`]: discover and lower ([`project`], [`rust`]), run the callbacks over
//! abstract values ([`flow`]), make findings of what they showed ([`checks`]), report ([`report`]).

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

pub mod baseline;
pub mod checks;
pub mod cli;
pub mod commands;
pub mod config;
pub mod explain;
pub mod finding;
pub mod fix;
pub mod flow;
pub mod ir;
mod pool;
pub mod project;
pub mod report;
pub mod rust;
pub mod sdk;
mod similar;
mod since;
pub mod source;
pub mod suppress;

use cli::Levels;
use config::Configs;
use finding::{Finding, Problem};
use report::RuleInfo;
use source::{SourceFile, SourceMap, Span};

/// What to analyse, and how.
#[derive(Clone, Debug, Default)]
pub struct AnalyseOptions {
    /// The working directory: paths are relative to it, and shown so.
    pub cwd: PathBuf,
    /// Packages, workspaces, directories or files; none means the working directory.
    pub paths: Vec<PathBuf>,
    /// The manifest to start from instead.
    pub manifest_path: Option<PathBuf>,
    /// Packages asked for by name; without paths they are looked for in the whole workspace.
    pub selection: project::Selection,
    /// Cargo features to switch on.
    pub features: Vec<String>,
    /// Every feature.
    pub all_features: bool,
    /// No default features.
    pub no_default_features: bool,
    /// The target triple that `cfg` attributes are evaluated for.
    pub target: Option<String>,
    /// How many threads to use; none means one for each processor.
    pub threads: Option<NonZeroUsize>,
    /// The levels from the command line, applied over those of rules and configuration.
    pub levels: Levels,
    /// Whether comments that suppress findings are passed over.
    pub no_suppressions: bool,
    /// The file of findings that were there before; none means what the configuration says.
    pub baseline: Option<PathBuf>,
    /// What is done with that file.
    pub baseline_use: baseline::Use,
    /// A git revision: only what has changed since matters.
    pub since: Option<String>,
    /// Which configuration is used.
    pub config: config::Choice,
    /// The host that the plugins are for; none means what the configuration says.
    pub host: Option<sdk::Host>,
    /// Files that describe SDKs and wrappers, in the form of `rules/sdk/*.toml`, beside those of the
    /// configuration.
    pub sdk_files: Vec<PathBuf>,
    /// Whether findings get no fixes: nobody is going to see them.
    pub no_fixes: bool,
    /// Texts that stand for files on the disk.
    pub overlay: source::Overlay,
    /// Whether the text of the model is wanted.
    pub model: bool,
}

/// What an analysis gives.
#[derive(Debug, Default)]
pub struct Analysis {
    /// The files that findings and problems point into.
    pub sources: SourceMap,
    /// All findings, those for `--pedantic` included.
    pub findings: Vec<Finding>,
    /// What went wrong.
    pub problems: Vec<Problem>,
    /// What the analysis understood of the plugin, as text.
    pub model: String,
    /// How many packages were analysed.
    pub packages: usize,
    /// How many files were analysed.
    pub files: usize,
    /// The rules that were run.
    pub rules: Vec<RuleInfo>,
    /// Whether the configuration asks for notes.
    pub pedantic: bool,
    /// The file of findings that were there before, as the configuration names it.
    pub baseline: Option<PathBuf>,
    /// The packages that the files belong to.
    pub owners: project::Owners,
    /// What was analysed and what was left out: a word and what it is said of.
    pub progress: Vec<(&'static str, String)>,
}

/// Every rule there is.
pub fn rules() -> Vec<RuleInfo> {
    checks::rules().iter().map(checks::Rule::info).collect()
}

/// Analyses what `options` name.
pub fn analyse(options: &AnalyseOptions) -> Analysis {
    let mut analysis = Analysis {
        rules: rules(),
        ..Analysis::default()
    };
    let names: Vec<&'static str> = analysis.rules.iter().map(|rule| rule.name).collect();
    let configs = Arc::new(Configs::new(&options.cwd, &options.config, &names));
    run(options, &configs, &mut analysis);
    let mistakes = configs.take_problems(&mut analysis.sources);
    analysis.problems.splice(0..0, mistakes);
    let baseline = options.baseline.clone().or(analysis.baseline.clone());
    if let Some(path) = baseline.filter(|_| options.baseline_use == baseline::Use::Apply) {
        baseline::apply(&mut analysis, &path, &options.cwd);
    }
    if let Some(revision) = &options.since {
        since::apply(&mut analysis, revision, &options.named_paths());
    }
    analysis
}

fn run(options: &AnalyseOptions, configs: &Arc<Configs>, analysis: &mut Analysis) {
    let paths = options.named_paths();
    let given = config::Given {
        host: options.host.is_some(),
        baseline: options.baseline.is_some() || options.baseline_use == baseline::Use::Ignore,
    };
    let settings = configs.run_settings(&paths, given);
    analysis.pedantic = settings.pedantic;
    analysis.baseline.clone_from(&settings.baseline);
    let Some(sdk) = knowledge(options, settings, analysis) else {
        return;
    };
    let project = project_options(options, paths, configs, &sdk);
    let (loaded, findings, flow, declared, owners) = pool::install(project.threads, || {
        let mut loaded = project::load_in_pool(&project);
        let owners = project::Owners::of(&loaded);
        let related = project::Related::of(&loaded.program);
        // Dropping a program recurses as deep as its source is nested, so it goes here as well.
        let program = std::mem::take(&mut loaded.program);
        let flow = flow::run(&program, &sdk, &loaded.sources);
        let silent = flow::without_contexts(&program, &flow, &loaded.sources);
        // What was not analysed may hold the contexts.
        if !loaded.problems.iter().any(Problem::is_error) {
            let unseen = loaded.not_understood(&silent, sdk.packages());
            loaded.problems.extend(unseen);
        }
        let declared = if loaded.comments.is_empty() {
            suppress::Declarations::default()
        } else {
            suppress::Declarations::of(&program)
        };
        // Fixes parse again what they are to change.
        let mut findings = checks::run(&flow, &sdk, &loaded.sources);
        if !options.no_fixes {
            fix::propose(&mut findings, &flow, &loaded.sources, &sdk, &related);
        }
        (loaded, findings, flow, declared, owners)
    });
    analysis.problems = loaded.problems.clone();
    analysis.problems.extend(flow.problems.iter().cloned());
    analysis.findings = findings;
    if !options.no_suppressions {
        suppress(&loaded, &declared, configs, analysis);
    }
    let path = |finding: &Finding| &loaded.sources.file(finding.primary.span.file).path;
    analysis
        .findings
        .retain(|finding| !configs.is_excluded(path(finding)));
    for finding in &mut analysis.findings {
        let level = configs.level(path(finding), finding.rule);
        let level = level.unwrap_or(finding.level);
        finding.level = options.levels.apply(finding.rule, level);
    }
    if options.model {
        analysis.model = flow::model_text(&loaded, &flow);
    }
    analysis.packages = loaded.analysed_packages();
    analysis.files = loaded.sources.rust_files();
    analysis.owners = owners;
    analysis.progress = loaded.progress(&project);
    analysis.sources = loaded.sources;
}

/// Applies the suppressions in the source.
fn suppress(
    loaded: &project::Loaded,
    declared: &suppress::Declarations,
    configs: &Configs,
    analysis: &mut Analysis,
) {
    let known: Vec<&'static str> = analysis.rules.iter().map(|rule| rule.name).collect();
    // What was not analysed may be what a suppression is for.
    let whole = !analysis.problems.iter().any(Problem::is_error);
    let rules = suppress::Rules {
        known: &known,
        require_reason: &|file| {
            let config = configs.governing(&loaded.sources.file(file).path);
            config.is_some_and(|config| config.require_reason())
        },
        is_judged: &|file| whole && loaded.is_analysed(file),
    };
    suppress::apply(
        &loaded.comments,
        &rules,
        declared,
        &loaded.sources,
        &mut analysis.findings,
        &mut analysis.problems,
    );
}

/// What is known of SDKs and the host; nothing when a file of the user's is wrong, which is a problem.
fn knowledge(
    options: &AnalyseOptions,
    settings: config::RunSettings,
    analysis: &mut Analysis,
) -> Option<sdk::Sdk> {
    let host = options.host.clone().or(settings.host).unwrap_or_default();
    let mut sdk = match sdk::Sdk::for_host(host) {
        Ok(sdk) => sdk,
        Err(message) => {
            analysis.problems.push(Problem::error(message, "rules"));
            return None;
        }
    };
    for path in settings.sdk.iter().chain(&options.sdk_files) {
        let path = options.cwd.join(path);
        let name = SourceMap::display_name(&path, &options.cwd);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                let message = format!("the SDK description can't be read: {error}");
                analysis.problems.push(Problem::error(message, name));
                continue;
            }
        };
        if let Err((message, range)) = sdk.extend(&text) {
            let file = SourceFile::new(path, name, text.into());
            let file = analysis.sources.add(file);
            let span = Span::new(file, range.start, range.end);
            let message = format!("mistake in the SDK description: {message}");
            let help = "CONTRIBUTING.md lists the fields, rules/sdk has examples";
            analysis
                .problems
                .push(Problem::at(message, span).with_help(help));
        }
    }
    analysis.problems.is_empty().then_some(sdk)
}

impl AnalyseOptions {
    /// What is to be analysed, as the user wrote it where that means the same.
    pub fn named_paths(&self) -> Vec<PathBuf> {
        let mut paths = self.paths.clone();
        paths.extend(self.manifest_path.clone());
        if paths.is_empty() {
            paths.push(self.cwd.clone());
        }
        if std::env::current_dir().ok().as_ref() != Some(&self.cwd) {
            paths = paths.iter().map(|path| self.cwd.join(path)).collect();
        }
        paths
    }
}

fn project_options(
    options: &AnalyseOptions,
    paths: Vec<PathBuf>,
    configs: &Arc<Configs>,
    sdk: &sdk::Sdk,
) -> project::Options {
    let mut selection = options.selection.clone();
    selection.workspace |= options.paths.is_empty() && !selection.packages.is_empty();
    let defaults = project::Options::default();
    project::Options {
        cwd: options.cwd.clone(),
        paths,
        selection,
        features: project::Features {
            list: options.features.clone(),
            all: options.all_features,
            no_default: options.no_default_features,
        },
        target: options.target.clone().unwrap_or(defaults.target),
        sdk_packages: sdk.packages().to_vec(),
        sdk_traits: sdk.trait_names(),
        overlay: options.overlay.clone(),
        threads: options.threads.map(NonZeroUsize::get),
        configs: Arc::clone(configs),
    }
}
