/** `npm run verify-proof -- PROOF TRUST`: says what a proof proves, or which part does not hold (exit status 1). */
import { readFileSync } from 'node:fs';
import { ProofError } from './errors.ts';
import type { EventProof } from './eventProof.ts';
import type { TrustAnchors } from './trust.ts';
import { verifyEventProof } from './verify.ts';

const [proofFile, trustFile] = process.argv.slice(2);
if (proofFile === undefined || trustFile === undefined) {
  process.stderr.write('usage: npm run verify-proof -- PROOF.json TRUST.json\n');
  process.exitCode = 2;
} else {
  try {
    const proof = JSON.parse(readFileSync(proofFile, 'utf8')) as EventProof;
    const trust = JSON.parse(readFileSync(trustFile, 'utf8')) as TrustAnchors;
    process.stdout.write(`${JSON.stringify(verifyEventProof(proof, trust), undefined, 2)}\n`);
  } catch (error) {
    process.stderr.write(`not proven: ${error instanceof ProofError ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
