// Prints which packages, in which versions and under which licences, each bundle named on the command line is made of.
import { existsSync, readFileSync, readdirSync } from 'node:fs';

const texts = new Map();
for (const bundle of process.argv.slice(2)) {
  const inputs = Object.keys(JSON.parse(readFileSync(`node_modules/${bundle}.json`)).inputs);
  const names = new Set(inputs.map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean));
  console.log(`${bundle}.js`);
  for (const name of [...names].sort()) {
    const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`));
    console.log(`  ${name} ${version} (${license})`);
    const file = readdirSync(`node_modules/${name}`).find((entry) => /^licen[cs]e/i.test(entry));
    if (file && existsSync(`node_modules/${name}/${file}`)) {
      const text = readFileSync(`node_modules/${name}/${file}`, 'utf8').trim();
      texts.set(text, [...(texts.get(text) ?? []), `${name} ${version}`]);
    }
  }
}
for (const [text, names] of texts) {
  console.log(`\n${'-'.repeat(80)}\n${[...new Set(names)].join(', ')}\n\n${text}`);
}
