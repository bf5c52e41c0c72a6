//! The compiler on this project's own document.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

#[test]
fn the_overlay_names_everything_and_no_action_is_idle() {
    let run = devin_v2_codegen::run(
        &root().join("openapi/devin-v2.yaml"),
        Some(&root().join("openapi/overlay.yaml")),
    )
    .unwrap();
    assert_eq!(run.report, Vec::<String>::new());
}

/// A new operation, a new field and a new enum value in a copy of the document are in every generated output.
#[test]
fn a_change_of_the_document_reaches_every_output() {
    let spec = fs::read_to_string(root().join("openapi/devin-v2.yaml")).unwrap();
    let changed = spec
        .replacen("\npaths:\n", &format!("\npaths:\n{NEW_OPERATION}"), 1)
        .replacen("- resuming\n", "- resuming\n            - hibernating\n", 2)
        .replacen("\n    SuccessResponse:\n", &format!("\n{NEW_SCHEMA}    SuccessResponse:\n"), 1);
    assert!(
        changed.contains("hibernating")
            && changed.contains("/v2/enterprise/budgets")
            && changed.contains("Budget:")
    );
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("devin-v2.yaml");
    fs::write(&copy, changed).unwrap();
    let run = devin_v2_codegen::run(&copy, Some(&root().join("openapi/overlay.yaml"))).unwrap();
    assert!(run.report.iter().any(|line| line.contains("named budgets.get_budget")), "{:?}", run.report);

    // Which of the three changes each file must show.
    let shown: &[(&str, &[&str])] = &[
        ("openapi/lowered.json", &["budgets_get_budget", "remaining_acus", "hibernating"]),
        ("openapi/generated-files.txt", &["crates/sdk/src/generated/budgets.rs"]),
        ("crates/api/src/generated/client.rs", &["fn budgets_get_budget", "pub remaining_acus: f64"]),
        ("crates/api/src/generated/enums.rs", &["Hibernating = \"hibernating\""]),
        ("crates/sdk/src/generated/mod.rs", &["pub fn budgets(&self)"]),
        (
            "crates/sdk/src/generated/budgets.rs",
            &["pub fn get_budget", "Result<types::Budget, crate::Error>"],
        ),
        ("crates/sdk/src/generated/operations.rs", &["name: \"budgets.get_budget\""]),
        ("crates/emulator/src/generated/mod.rs", &["fn budgets_get_budget"]),
        (
            "crates/emulator/src/generated/document.json",
            &["remaining_acus", "hibernating", "/v2/enterprise/budgets"],
        ),
        ("docs/operations.md", &["`GET /v2/enterprise/budgets`"]),
        ("crates/sdk/src/generated/dynamic.rs", &["\"budgets.get_budget\" =>"]),
        (
            "bindings/node/lib/generated/types.ts",
            &["export interface Budget {", "remaining_acus: number;", "\"hibernating\""],
        ),
        ("bindings/node/lib/generated/fill.ts", &[]),
        (
            "bindings/node/lib/generated/resources.ts",
            &[
                "readonly budgets: BudgetsResource;",
                "getBudget(options?: RequestOptions): Promise<types.Budget>",
            ],
        ),
        ("bindings/node/test/calls.json", &["budgets.get_budget"]),
        ("bindings/kotlin/src/test/resources/calls.json", &["budgets.get_budget"]),
        (
            "bindings/uniffi/src/generated/types.rs",
            &["pub struct Budget {", "pub remaining_acus: f64", "Hibernating = "],
        ),
        ("bindings/uniffi/src/generated/calls.rs", &["pub async fn budgets_get_budget("]),
        (
            "bindings/kotlin/src/main/kotlin/io/github/devinv2/generated/Resources.kt",
            &["public val budgets: BudgetsResource", "public suspend fun getBudget("],
        ),
        (
            "bindings/swift/Sources/DevinV2/generated/Resources.swift",
            &["public var budgets: BudgetsResource", "public func getBudget("],
        ),
        (
            "tests/conformance/agents/swift/Agent/Sources/generated/Calls.swift",
            &[
                "case \"budgets.get_budget\": return try await client.budgets.getBudget(",
                "\"hibernating\": .hibernating",
            ],
        ),
        (
            "bindings/python/python/devin_v2/types.py",
            &["class Budget(Model)", "remaining_acus: Field[float]", "\"hibernating\""],
        ),
        (
            "bindings/python/python/devin_v2/resources/__init__.py",
            &["budgets: AsyncBudgets", "self.budgets = Budgets(caller)"],
        ),
        (
            "bindings/python/python/devin_v2/resources/budgets.py",
            &["def get_budget", "async def get_budget", ") -> types.Budget"],
        ),
        ("bindings/python/tests/calls.json", &["budgets.get_budget"]),
    ];
    for (path, words) in shown {
        let (_, text) =
            run.files.iter().find(|(name, _)| name == path).unwrap_or_else(|| panic!("{path} is missing"));
        for word in *words {
            assert!(text.contains(word), "{path} doesn't show {word}");
        }
    }
    // No output is left out: whatever is generated for the whole document either shows the change or is per resource.
    for (path, text) in run.files.iter() {
        let listed = shown.iter().any(|(name, _)| *name == path);
        let folders = ["crates/sdk/src/generated/", "bindings/python/python/devin_v2/resources/"];
        let per_resource = folders.iter().any(|folder| path.starts_with(folder)) && !text.contains("budget");
        let fixed =
            ["crates/api/src/generated/mod.rs", "bindings/uniffi/src/generated/mod.rs"].contains(&path);
        assert!(listed || per_resource || fixed, "{path} is an output that this test doesn't look at");
    }
}

#[test]
fn check_shows_the_difference_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let regen = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_devin-v2-codegen"))
            .current_dir(root())
            .args(["--spec", "openapi/devin-v2.yaml", "--overlay", "openapi/overlay.yaml", "--out"])
            .arg(folder.path())
            .args(arguments)
            .output()
            .unwrap()
    };
    assert!(regen(&[]).status.success());
    assert!(regen(&["--check"]).status.success());

    let drifted = folder.path().join("docs/operations.md");
    let text = fs::read_to_string(&drifted).unwrap();
    fs::write(&drifted, text.replace("# Operations", "# Operatoins")).unwrap();
    let stale = folder.path().join("crates/sdk/src/generated/gone.rs");
    fs::write(&stale, "").unwrap();
    let manifest = folder.path().join("openapi/generated-files.txt");
    let list = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, list + "crates/sdk/src/generated/gone.rs\n../outside\n").unwrap();

    let checked = regen(&["--check"]);
    let said = String::from_utf8(checked.stdout).unwrap();
    assert!(!checked.status.success());
    assert!(said.contains("-# Operatoins") && said.contains("+# Operations"), "{said}");
    assert!(said.contains("gone.rs is generated no longer"), "{said}");
    assert!(
        stale.exists() && fs::read_to_string(&drifted).unwrap().contains("Operatoins"),
        "--check wrote something"
    );

    assert!(regen(&[]).status.success());
    assert!(!stale.exists(), "a stale file stays");
    assert!(regen(&["--check"]).status.success());
}

const NEW_OPERATION: &str = "  /v2/enterprise/budgets:
    get:
      tags: [budgets]
      summary: Get the budget
      operationId: get_budget_v2_enterprise_budgets_get
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Budget'}
";

const NEW_SCHEMA: &str = "    Budget:
      type: object
      description: A budget.
      required: [remaining_acus]
      properties:
        remaining_acus: {type: number, description: ACUs left.}
";
