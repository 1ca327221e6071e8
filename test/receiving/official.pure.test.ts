/** Our own check held against the official one: its examples, its unit tests, and thousands of documents made wrong. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Document, type Element as DomElement, parseXmlDocument, serializeToWellFormedString } from 'slimdom'
import { expect, test } from 'vitest'
import { findingsOf } from '../../src/receiving/rules.ts'
import { readTree } from '../../src/receiving/tree.ts'

const beside = fileURLToPath(new URL('../../../shared/einvoice/', import.meta.url))
const absent = !existsSync(beside)
const source = ['rules', 'rules-vat']
  .map((name) => readFileSync(fileURLToPath(new URL(`../../src/receiving/${name}.ts`, import.meta.url)), 'utf8'))
  .join('\n')

/** The rules that our check knows: named in its source, and those of the VAT categories. */
const known = new Set([
  ...[...source.matchAll(/'((?:BR|PEPPOL)-[A-Z0-9-]+)'/g)].map(([, rule]) => rule!),
  ...['S', 'Z', 'E', 'AE', 'IC', 'G', 'O'].flatMap((category) =>
    ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10'].map((number) => `BR-${category}-${number}`),
  ),
])

const ours = (xml: string) =>
  new Set(findingsOf(readTree(new TextEncoder().encode(xml))).map((finding) => finding.rule))
const wanted = (rules: readonly string[]) => [...new Set(rules)].filter((rule) => known.has(rule)).sort()
/** Of the schema, which is not looked at here. */
const ofSchema = 'PEPPOL-EN16931-F001'

test('the check knows the rules that an office needs', () => {
  for (const rule of ['BR-CO-10', 'BR-CO-13', 'BR-CO-14', 'BR-CO-15', 'BR-CO-16', 'BR-CO-17', 'PEPPOL-EN16931-R120']) {
    expect(known).toContain(rule)
  }
  expect(known.size).toBeGreaterThan(120)
})

test.skipIf(absent)('official examples: the rules we know are broken exactly where the official check says so', () => {
  const wrong: string[] = []
  let compared = 0
  for (const folder of ['en16931', 'peppol']) {
    const expected = JSON.parse(readFileSync(`${beside}examples/${folder}/expected.json`, 'utf8'))
    for (const [name, layers] of Object.entries(expected) as [string, Record<string, string[]>][]) {
      if (!existsSync(`${beside}examples/${folder}/${name}`)) continue
      const found = [...ours(readFileSync(`${beside}examples/${folder}/${name}`, 'utf8'))].sort()
      const official = wanted([...(layers.en16931 ?? []), ...(layers.peppol ?? [])])
      compared += 1
      if (found.join() !== official.join()) wrong.push(`${name}: official ${official} ours ${found}`)
    }
  }
  expect(wrong).toEqual([])
  expect(compared).toBeGreaterThan(10)
})

test.skipIf(absent)('official unit tests: every claim about a rule that we know holds', () => {
  const wrong: string[] = []
  let claims = 0
  for (const folder of ['en16931-invoice', 'en16931-creditnote', 'peppol-common']) {
    for (const name of readdirSync(`${beside}unit/${folder}`).filter((each) => each.endsWith('.xml'))) {
      const root = parseXmlDocument(readFileSync(`${beside}unit/${folder}/${name}`, 'utf8').replace(/^\uFEFF/, ''))
      const cases = root.documentElement!.children.filter((child) => child.localName === 'test')
      for (const [index, each] of cases.entries()) {
        const said = claimsOf(each).filter(([, rule]) => known.has(rule) && rule !== ofSchema)
        if (said.length === 0) continue
        const document = new Document()
        document.appendChild(document.importNode(each.children.find((child) => child.localName !== 'assert')!, true))
        const found = ours(serializeToWellFormedString(document))
        claims += said.length
        for (const [breaks, rule] of said) {
          if (found.has(rule) !== breaks) wrong.push(`${name}#${index + 1}: ${breaks ? 'breaks' : 'keeps'} ${rule}`)
        }
      }
    }
  }
  expect(wrong).toEqual([])
  expect(claims).toBeGreaterThan(150)
})

function claimsOf(test: DomElement): [boolean, string][] {
  const claims = test.children.find((child) => child.localName === 'assert')?.children ?? []
  return claims
    .filter((claim) => /^(success|error|fatal|warning)$/.test(claim.localName))
    .map((claim) => [claim.localName !== 'success', (claim.textContent ?? '').trim()])
}
