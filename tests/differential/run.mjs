// Decide every case of a file with @cloud-copilot/iam-simulate. On stdin, one word a line; on stdout, one JSON line each:
//   verdicts   the verdict of every case, in order
//   anew       seconds for all cases, every policy read anew for its case
//   once       seconds for all cases, every policy checked beforehand (the package's ValidatedPolicy)
import { createInterface } from 'node:readline'
import { readFileSync } from 'node:fs'
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { createValidatedPolicy } from '@cloud-copilot/iam-policy'

const LISTS = ['identityPolicies', 'permissionBoundaryPolicies', 'vpcEndpointPolicies']
const LEVELS = ['serviceControlPolicies', 'resourceControlPolicies']
const options = { simulationMode: 'Strict' }
const cases = readFileSync(process.argv[2], 'utf8').trim().split('\n').map(line => JSON.parse(line))

// The cases are valid (the verdicts say so), so that what the check finds is known.
const valid = policy => createValidatedPolicy(policy, () => [])
const checked = policies => policies.map(({ name, policy }) => ({ name, policy: valid(policy) }))

function checkedBeforehand (one) {
  const found = { ...one }
  for (const list of LISTS) if (one[list]) found[list] = checked(one[list])
  for (const list of LEVELS) found[list] = one[list].map(level => ({ ...level, policies: checked(level.policies) }))
  if (one.resourcePolicy) found.resourcePolicy = valid(one.resourcePolicy)
  return found
}

async function verdicts () {
  const found = []
  for (const one of cases) {
    const result = await runSimulation(one, options)
    found.push(result.resultType === 'error' ? `error: ${JSON.stringify(result.errors)}` : result.overallResult)
  }
  return found
}

async function seconds (all) {
  const began = performance.now()
  for (const one of all) await runSimulation(one, options)
  return (performance.now() - began) / 1000
}

const beforehand = cases.map(checkedBeforehand)
const answers = { verdicts, anew: () => seconds(cases), once: () => seconds(beforehand) }
for await (const word of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answers[word]()))
}
