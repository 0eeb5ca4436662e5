//! Signatures per second on one core, and how many times that is of what others do.

use std::process::Command;

use anyhow::Context;

use super::Row;
use crate::{process, tools};

/// The machine is shared, so all take turns, and of each the best turn counts.
const TURNS: usize = 4;

pub(super) fn rows() -> anyhow::Result<Vec<Row>> {
    let bench = ["bench", "--quiet", "--package", "pinfold-tests", "--bench", "signing"];
    let signers: [&dyn Fn() -> anyhow::Result<f64>; 3] =
        [&|| measure(&mut process::cargo(&bench)), &node, &python];
    let mut best = signers.map(|signer| signer());
    for _ in 1..TURNS {
        for (best, signer) in best.iter_mut().zip(signers) {
            if let Ok(best) = best {
                *best = best.max(signer()?);
            }
        }
    }
    let [ours, node, python] = best;
    let ours = ours?;
    let ratio = |what: &str, theirs: anyhow::Result<f64>, bar| match theirs {
        Ok(theirs) => Row::at_least(what, ours / theirs, bar, "×"),
        Err(why) => Row::missing(what, &why),
    };
    Ok(vec![
        Row::at_least("signatures on one core", ours, 300_000.0, "/s"),
        ratio("  against oauth-1.0a (node)", node, 6.0),
        ratio("  against oauthlib (Python)", python, 40.0),
    ])
}

fn node() -> anyhow::Result<f64> {
    let modules = tools::oauth_1_0a()?;
    measure(process::command("node").arg("tests/bench/signing.cjs").env("NODE_PATH", modules))
}

fn python() -> anyhow::Result<f64> {
    let packages = tools::oauthlib()?;
    measure(process::command("python3").arg("tests/bench/signing.py").env("PYTHONPATH", packages))
}

fn measure(command: &mut Command) -> anyhow::Result<f64> {
    let printed = process::output(command)?;
    let number = printed.lines().rfind(|line| !line.trim().is_empty());
    number.context("nothing measured")?.trim().parse().context("not a number")
}
