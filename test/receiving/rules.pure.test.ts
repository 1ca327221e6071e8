/** Our check beside the official one on documents made wrong, and answers held against the official schema. */
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs'
import { expect, test } from 'vitest'
import { readRecord } from '../../src/receiving/read-ubl.ts'
import { responseCodes, responseReasons, responseXml } from '../../src/receiving/response.ts'
import { findingsOf } from '../../src/receiving/rules.ts'
import { readTree } from '../../src/receiving/tree.ts'
import { Refusal } from '../../src/refusal.ts'
import { peppolRules, wrongIn } from '../einvoice/validate.ts'
import { bytesOf, sampleXml } from './sample.ts'

const ours = (xml: string) => findingsOf(readTree(bytesOf(xml))).map((finding) => finding.rule)
const credit = sampleXml({ type: 'credit_note', number: 'K-1', corrects: 'A-2026-17' })

test('the samples are right by the official rules, and by ours', () => {
  for (const xml of [sampleXml(), credit]) {
    expect(wrongIn(xml)).toEqual([])
    expect(ours(xml)).toEqual([])
  }
})

const amount = (name: string, to: string) => (xml: string) =>
  xml.replace(new RegExp(`(<cbc:${name}[^>]*>)[^<]*`), `$1${to}`)
const without = (name: string) => (xml: string) => xml.replace(new RegExp(`<(c[ab]c:${name})[ >][\\s\\S]*?</\\1>`), '')

test.each<[string, (xml: string) => string]>([
  ['a sum of lines by a cent', amount('LineExtensionAmount', '125.01')],
  ['a net total by a cent', amount('TaxExclusiveAmount', '124.99')],
  ['a total by a cent', amount('TaxInclusiveAmount', '125.01')],
  ['an amount to pay by a cent', amount('PayableAmount', '125.01')],
  ['a taxable amount by a cent', amount('TaxableAmount', '125.01')],
  ['a tax where there is none', amount('TaxAmount', '0.01')],
  ['a price by three cents', amount('PriceAmount', '12.53')],
  ['a negative price', amount('PriceAmount', '-12.50')],
  ['three decimals', amount('PayableAmount', '125.000')],
  ['no reason for exemption', without('TaxExemptionReason')],
  ['no buyer’s reference', without('BuyerReference')],
  ['no specification', without('CustomizationID')],
  ['no account', without('PayeeFinancialAccount')],
  [
    'no name of the item',
    (xml) => xml.replace('<cbc:Name>Aprūpe mājās</cbc:Name>', '<cbc:Description>x</cbc:Description>'),
  ],
  ['a period that ends before it begins', (xml) => xml.replace('2026-03-31</cbc:EndDate>', '2026-02-01</cbc:EndDate>')],
  ['a line before the document’s period', (xml) => xml.replace(/(Line>.*?<cbc:StartDate>)2026-03-01/, '$12026-02-28')],
  ['a line after the document’s period', (xml) => xml.replace(/(Line>.*<cbc:EndDate>)2026-03-31/, '$12026-04-01')],
  [
    'another currency on one amount',
    (xml) => xml.replace('<cbc:PayableAmount currencyID="EUR">', '<cbc:PayableAmount currencyID="USD">'),
  ],
  [
    'another category on the line',
    (xml) => xml.replace('<cac:ClassifiedTaxCategory><cbc:ID>E<', '<cac:ClassifiedTaxCategory><cbc:ID>S<'),
  ],
  ['a rate on what is exempt', (xml) => xml.replace(/(Classified.*?<cbc:Percent>)0/, '$121')],
  ['two notes', (xml) => xml.replace('<cbc:DocumentCurrencyCode>', '<cbc:Note>b</cbc:Note><cbc:DocumentCurrencyCode>')],
  ['a German kind of document', (xml) => xml.replace('>380<', '>384<')],
])('the official check and ours name the same rules for %s', (_, spoil) => {
  for (const xml of [sampleXml(), credit].map(spoil)) {
    const all = wrongIn(xml)
    if (all.some((line) => line.startsWith('XSD'))) continue
    // UBL-… repeat the rules of EN 16931 for the syntax
    const official = all
      .filter((line) => !line.startsWith('(warning)') && !line.startsWith('UBL-'))
      .map((line) => line.split(' ')[0]!)
    expect([...new Set(ours(xml).filter(isHeldHere))].sort()).toEqual([...new Set(official)].sort())
  }
})

/** The rules of Peppol may not be copied into the project: where they do not lie beside it, only those of EN 16931 are compared. */
function isHeldHere(rule: string): boolean {
  return peppolRules !== null || !rule.startsWith('PEPPOL-')
}

test('whatever becomes of a file, it is read or refused in words, never anything else', () => {
  const base = [bytesOf(sampleXml()), bytesOf(credit)]
  const spoilt = fc
    .record({
      from: fc.constantFrom(...base),
      edits: fc.array(
        fc.record({
          at: fc.double({ min: 0, max: 1, noNaN: true }),
          length: fc.nat(40),
          by: fc.oneof(
            fc.uint8Array({ maxLength: 12 }),
            fc
              .constantFrom(
                '<',
                '>',
                '&',
                '-1',
                '9'.repeat(40),
                '<!DOCTYPE x>',
                '\u0000',
                '\u202e',
                '</cbc:ID>',
                '2026-02-30',
                'NaN',
                '1e9',
                '<a/>',
              )
              .map(bytesOf),
          ),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    })
    .map(({ from, edits }) =>
      edits.reduce<Uint8Array>((bytes, { at, length, by }) => {
        const start = Math.floor(at * bytes.length)
        return new Uint8Array([...bytes.subarray(0, start), ...by, ...bytes.subarray(start + length)])
      }, from),
    )
  fc.assert(
    fc.property(spoilt, (bytes) => {
      try {
        const root = readTree(bytes)
        findingsOf(root)
        readRecord(root)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        expect(['einvoice_refused', 'body_too_large']).toContain(error.code)
      }
    }),
    { numRuns: 1500 },
  )
})

test('texts in place of any text of a right document are read or refused, and the rules never break', () => {
  const places = [...sampleXml().matchAll(/>([^<>\s][^<>]*)</g)].map((match) => match.index)
  const word = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.constantFrom(
      '',
      '-0.00',
      '.5',
      '5.',
      '+7',
      '0x10',
      'Infinity',
      '99999999999999999999',
      '1.005',
      'EUR',
      'S',
      'true',
      '2026-13-01',
    ),
  )
  fc.assert(
    fc.property(fc.constantFrom(...places), word, (at, text) => {
      const xml = sampleXml()
      const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
      const end = xml.indexOf('<', at + 1)
      try {
        const root = readTree(bytesOf(`${xml.slice(0, at + 1)}${safe}${xml.slice(end)}`))
        findingsOf(root)
        readRecord(root)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
      }
    }),
    { numRuns: 1500 },
  )
})

/** UBL’s ApplicationResponse, as far as an answer uses it, out of the official common types. */
const schema = `<xsd:schema xmlns="urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
  targetNamespace="urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2" elementFormDefault="qualified">
  <xsd:import namespace="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" schemaLocation="../common/UBL-CommonAggregateComponents-2.1.xsd"/>
  <xsd:import namespace="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" schemaLocation="../common/UBL-CommonBasicComponents-2.1.xsd"/>
  <xsd:element name="ApplicationResponse"><xsd:complexType><xsd:sequence>
    <xsd:element ref="cbc:CustomizationID"/><xsd:element ref="cbc:ProfileID"/><xsd:element ref="cbc:ID"/><xsd:element ref="cbc:IssueDate"/>
    <xsd:element ref="cbc:Note" minOccurs="0" maxOccurs="unbounded"/><xsd:element ref="cac:SenderParty"/><xsd:element ref="cac:ReceiverParty"/>
    <xsd:element ref="cac:DocumentResponse" maxOccurs="unbounded"/>
  </xsd:sequence></xsd:complexType></xsd:element>
</xsd:schema>`

test('every answer is valid by the official types, with the codes and parts that Peppol asks for', () => {
  xmlRegisterFsInputProviders()
  const url = fileURLToPath(new URL('../einvoice/rules/ubl21/maindoc/answer.xsd', import.meta.url))
  const validator = XsdValidator.fromDoc(XmlDocument.fromString(schema, { url }))
  const record = readRecord(readTree(bytesOf(sampleXml())))
  const buyer = {
    name: 'Rēzeknes & Co',
    registration_number: '90000025465',
    vat_number: null,
    einvoice_scheme: null,
    einvoice_id: null,
  }
  for (const code of responseCodes) {
    for (const reason of [null, ...responseReasons]) {
      const given = { id: 'a-1', code, reason, note: 'Kāpēc < 5 & > 3?', responded_on: '2026-04-02' }
      const xml = responseXml(given, buyer, record)
      expect(() => validator.validate(XmlDocument.fromString(xml))).not.toThrow()
      const root = XmlDocument.fromString(xml)
      const text = (path: string) =>
        root.get(path, {
          cac: 'urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2',
          cbc: 'urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2',
        })?.content ?? null
      expect(text('//cac:SenderParty/cbc:EndpointID')).toBe('90000025465')
      expect(text('//cac:ReceiverParty/cbc:EndpointID')).toBe('40009999910')
      expect(text('//cbc:ResponseCode')).toBe(code)
      expect(text('//cac:Status/cbc:StatusReasonCode')).toBe(reason)
      expect(text('//cac:DocumentReference/cbc:ID')).toBe('A-2026-17')
    }
  }
})

test('a line without a number and a sum without lines say what is missing', () => {
  const none = sampleXml().replace(/ {2}<cac:InvoiceLine>.*<\/cac:InvoiceLine>\n/, '')
  expect(ours(none)).toContain('BR-16')
})
