//! Functions of a program that nobody calls, and that stay all the same, because they stand in its table
//! of functions: emptied.
//!
//! Leptos brings `server_fn`, that brings `wasm_streams`, and that exports classes which page and
//! program do without. The linker takes every export for something that is called; when the export is
//! taken away later, what it alone called still stands in the table. It is 4 % of a program.

use std::collections::HashSet;
use std::convert::Infallible;

use anyhow::{Context, ensure};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, Function, Instruction, Module};
use wasmparser::{FunctionBody, KnownCustom, Name, Parser, Payload, TypeRef};

/// Parts of the names of what is emptied. The latter is for promises made in Rust: `wasm_streams` alone
/// makes some.
const DEAD: [&str; 2] = ["wasm_streams", "js_sys::futures::future_to_promise"];

/// The program with those functions empty: one that is called after all traps.
pub(crate) fn snip(wasm: &[u8]) -> anyhow::Result<Vec<u8>> {
    let (imported, dead) = find(wasm)?;
    ensure!(!dead.is_empty(), "nothing to snip: is all of snip.rs still needed?");
    let mut module = Module::new();
    let mut snip = Snip { dead, next: imported };
    let done = snip.parse_core_module(&mut module, Parser::new(0), wasm);
    done.context("cannot rewrite the program")?;
    Ok(module.finish())
}

/// How many functions are imported, which are numbered first; and the numbers of the dead.
fn find(wasm: &[u8]) -> anyhow::Result<(u32, HashSet<u32>)> {
    let (mut imported, mut dead) = (0, HashSet::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CustomSection(section) => {
                let KnownCustom::Name(names) = section.as_known() else { continue };
                for part in names {
                    let Name::Function(functions) = part? else { continue };
                    for function in functions {
                        let function = function?;
                        if DEAD.iter().any(|it| function.name.contains(it)) {
                            dead.insert(function.index);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    Ok((imported, dead))
}

struct Snip {
    dead: HashSet<u32>,
    /// The number of the next function that comes.
    next: u32,
}

impl Reencode for Snip {
    type Error = Infallible;

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Error<Self::Error>> {
        let number = self.next;
        self.next += 1;
        if !self.dead.contains(&number) {
            return utils::parse_function_body(self, code, body);
        }
        let mut empty = Function::new([]);
        empty.instruction(&Instruction::Unreachable).instruction(&Instruction::End);
        code.function(&empty);
        Ok(())
    }
}
