// Validates Kubernetes objects, one YAML stream, against the API's schemas: what is required is there, and of its type. Prints "valid", or each fault.
import { readFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';

const core = 'kubernetes-models';
const packages = { 'cert-manager.io': '@kubernetes-models/cert-manager', 'monitoring.coreos.com': '@kubernetes-models/prometheus-operator' };

async function modelOf({ apiVersion, kind }) {
  const group = apiVersion.split('/')[0];
  const module = await import(`${packages[group] ?? core}/${apiVersion}`);
  if (!module[kind]) throw new Error(`no model of ${apiVersion} ${kind}`);
  return module[kind];
}

let faults = 0;
for (const object of loadAll(readFileSync(process.argv[2], 'utf8')).filter(Boolean)) {
  try {
    new (await modelOf(object))(object).validate();
  } catch (fault) {
    faults++;
    console.log(`${object.kind} ${object.metadata?.name}: ${fault.message}`);
  }
}
console.log(faults === 0 ? 'valid' : `${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
