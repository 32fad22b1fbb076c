// Judges a Dockerfile; prints "valid", or each finding with its line.
const { readFileSync } = require('node:fs');
const { validate } = require('dockerfile-utils');

const findings = validate(readFileSync(process.argv[2], 'utf8'));
for (const { range, message } of findings) console.log(`${range.start.line + 1}: ${message}`);
if (findings.length === 0) console.log('valid');
process.exit(findings.length === 0 ? 0 : 1);
