// Holds what parse_bolt11 reads in invoices (lines of JSON on standard input, see main.go) against two decoders that others have written.
//
// An invoice that a payer may pay has to be read by all three, with the same result. One that a payer must not pay has to be refused
// by parse_bolt11. The decoders do not have to refuse it, since they only decode; how often they do is printed.
import { createInterface } from 'node:readline'
import bolt11 from 'bolt11'
import light from 'light-bolt11-decoder'

const networks = { bc: 'mainnet', tb: 'testnet3', tbs: 'signet', bcrt: 'regtest' }
const text = (value) => (value === null || value === undefined ? null : String(value))
const first = (values) => (values.length > 0 ? values[0] : null)

// Each decoder returns what it reads, in the words of parse_bolt11. Neither removes lightning: itself.
const decoders = {
  bolt11 (invoice) {
    const prefix = /^ln(bcrt|bc|tbs|tb)/i.exec(invoice)?.[1].toLowerCase()
    const network = prefix === 'tbs' ? { bech32: 'tbs', pubKeyHash: 0x6f, scriptHash: 0xc4, validWitnessVersions: [0, 1] } : undefined
    const decoded = bolt11.decode(invoice, network)
    const tag = (name) => first(decoded.tags.filter((t) => t.tagName === name).map((t) => t.data))
    return {
      network: networks[decoded.network.bech32],
      amount_msats: text(decoded.millisatoshis),
      description: tag('description'),
      description_hash: tag('purpose_commit_hash'),
      payment_hash: tag('payment_hash'),
      payee: decoded.payeeNodeKey,
      created: decoded.timestamp,
      expiry: text(tag('expire_time') ?? 3600)
    }
  },
  'light-bolt11-decoder' (invoice) {
    const { sections } = light.decode(invoice)
    const section = (name) => first(sections.filter((s) => s.name === name).map((s) => s.value))
    return {
      network: networks[section('coin_network').bech32],
      amount_msats: text(section('amount')),
      description: section('description'),
      description_hash: section('description_hash'),
      payment_hash: section('payment_hash'),
      // It recovers no key from the signature.
      payee: section('payee') ?? undefined,
      created: section('timestamp'),
      expiry: text(section('expiry') ?? 3600)
    }
  }
}

// What the decoders are known to do otherwise than BOLT 11 says. A difference that is gone is an error, so that this list stays true.
const known = {
  'payment hash of another length before it': {
    bolt11: 'takes a field p of any length', 'light-bolt11-decoder': 'takes a field p of any length'
  },
  'description hash of another length': {
    bolt11: 'takes a field h of any length', 'light-bolt11-decoder': 'takes a field h of any length'
  },
  'payee of another length': {
    bolt11: 'takes a field n of any length', 'light-bolt11-decoder': 'takes a field n of any length'
  }
}

const counts = { agreed: 0, refused: 0 }
const problems = []
const seenKnown = new Map()
const lenient = new Map()
const count = (map, key) => map.set(key, (map.get(key) ?? 0) + 1)

for await (const line of createInterface({ input: process.stdin })) {
  const { shape, valid, invoice, read, error } = JSON.parse(line)
  if (valid !== (read !== null)) {
    problems.push(`${shape}: parse_bolt11 ${read ? 'reads what must not be paid' : `refuses: ${error}`}: ${invoice}`)
    continue
  }
  const ours = read && { ...read, created: Date.parse(read.created_at) / 1000 }
  let agreed = true
  for (const [name, decode] of Object.entries(decoders)) {
    let theirs
    let refusal
    try {
      theirs = decode(invoice.replace(/^lightning:/i, ''))
    } catch (e) {
      refusal = e.message
    }
    if (!valid) {
      count(lenient, `${name} ${refusal === undefined ? 'reads' : 'refuses'}`)
      continue
    }
    const differences = refusal !== undefined
      ? [`refuses: ${refusal}`]
      : Object.entries(theirs).filter(([key, value]) => value !== undefined && value !== ours[key])
        .map(([key, value]) => `${key} is ${JSON.stringify(value)}, and for parse_bolt11 ${JSON.stringify(ours[key])}`)
    if (differences.length === 0) continue
    agreed = false
    if (known[shape]?.[name]) {
      count(seenKnown, `${shape}: ${name} ${known[shape][name]}`)
    } else {
      problems.push(`${shape}: ${name}: ${differences.join('; ')}: ${invoice}`)
    }
  }
  if (valid && agreed) counts.agreed++
  if (!valid) counts.refused++
}

for (const [shape, reasons] of Object.entries(known)) {
  for (const [name, reason] of Object.entries(reasons)) {
    if (!seenKnown.has(`${shape}: ${name} ${reason}`)) problems.push(`${shape}: ${name} no longer ${reason}; remove it from the known differences`)
  }
}
if (counts.agreed === 0 || counts.refused === 0) problems.push('there were no invoices to compare')

for (const [difference, n] of seenKnown) console.log(`${n} × known difference: ${difference}`)
console.log(`the decoders, which are not asked to refuse: ${[...lenient].sort().map(([k, n]) => `${k} ${n}`).join(', ')}`)
for (const problem of problems) console.error(`bolt11: ${problem}`)
console.log(`BOLT 11: ${counts.agreed} invoices read alike by parse_bolt11, ${Object.keys(decoders).join(' and ')}, ${counts.refused} refused by parse_bolt11`)
process.exit(problems.length === 0 ? 0 : 1)
