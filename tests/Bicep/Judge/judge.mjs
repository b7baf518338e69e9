// Reads one {"text"} a line; answers each with its syntax tree as rows: depth, is it named by the grammar (1) or a mere token (0), type, field, line, text of a leaf.
// Rows and not a nested tree, since readers of JSON stop at a certain depth.
import readline from 'node:readline';
import { Language, Parser } from 'web-tree-sitter';

await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load('node_modules/tree-sitter-bicep/tree-sitter-bicep.wasm'));

function write(node, field, depth, rows) {
  const leaf = node.childCount === 0;
  const type = node.isError ? 'ERROR' : node.isMissing ? 'MISSING' : node.type;
  rows.push([depth, node.isNamed ? 1 : 0, type, field ?? '', node.startPosition.row + 1, leaf ? node.text : '']);
  for (let i = 0; i < node.childCount; i++) {
    write(node.child(i), node.fieldNameForChild(i), depth + 1, rows);
  }
  return rows;
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const tree = parser.parse(JSON.parse(line).text);
  process.stdout.write(JSON.stringify(write(tree.rootNode, null, 0, [])) + '\n');
  tree.delete();
}
