// Reads workflows and actions as GitHub does, and prints what it has against them: a JSON list of
// {file, line, column, message}. The inputs of our own actions are known from their action.yml files.
//
//   node read.mjs FOLDER_OF_OUR_ACTIONS FILE...
import { existsSync, readFileSync } from "node:fs";
import { register } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// The packages are made for a bundler: they import JSON without saying so, which Node refuses.
const hook = `export async function load(url, context, next) {
  return url.endsWith(".json") ? next(url, { ...context, importAttributes: { type: "json" } }) : next(url, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
const { registerLogger, validate } = await import("@actions/languageservice");
const { TextDocument } = await import("vscode-languageserver-textdocument");
const { parse } = await import("yaml");

const [ours, ...files] = process.argv.slice(2);
const found = [];
let file;
// What makes the reader itself stumble is logged, and the file then counts as clean: take it for a finding.
const stumble = (message) => found.push({ file, line: 0, column: 0, message });
registerLogger({ error: stumble, warn: stumble, info() {}, log() {} });

const actionsMetadataProvider = {
  async fetchActionMetadata({ path }) {
    if (!path?.startsWith("actions/")) return { name: "", description: "" }; // somebody else's: nothing is known
    const described = join(ours, path.slice("actions/".length), "action.yml");
    return existsSync(described) ? parse(readFileSync(described, "utf-8")) : undefined;
  },
};

for (file of files) {
  const text = TextDocument.create(pathToFileURL(file).href, "yaml", 1, readFileSync(file, "utf-8"));
  for (const { range, message } of await validate(text, { actionsMetadataProvider })) {
    found.push({ file, line: range.start.line + 1, column: range.start.character + 1, message });
  }
}
console.log(JSON.stringify(found));
