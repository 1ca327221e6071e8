import fc from 'fast-check'
import { type Element, parseXmlDocument } from 'slimdom'
import { describe, expect, test } from 'vitest'
import type { DocumentRecord, Party, RecordLine } from '../../src/invoicing/record.ts'
import { ublOf } from '../../src/invoicing/ubl.ts'
import { centsOf, Decimal, moneyOf, roundToCents, sumMoney } from '../../src/money.ts'
import { recordsOf } from '../../src/scenario/documents.ts'
import { parseScenario } from '../../src/scenario/format.ts'
import { buyer, creditNote, invoice, serviceLine } from '../invoicing/record.ts'
import { anyScenario } from '../support/generate.ts'
import { peppolRules, wrongIn } from './validate.ts'

/** Each scenario takes about a second to check. */
const numRuns = Number(process.env.EINVOICE_RUNS ?? 10)

const texts = [
  'Šķūņu ielā „Ģērķēni” – āčēģīķļņšūž',
  `Aprūpe & "kopšana" <b>'x'</b> ]]> &amp; <!-- -->`,
  'a\u0000b\u0008c\ufffe d\ud800',
  'emocijas \u{1f642}\tun\r\njauna rinda',
]
const records = fc
  .tuple(anyScenario, fc.constantFrom(...texts), fc.constantFrom('lv' as const, 'en' as const))
  .map(([scenario, text, language]) =>
    recordsOf(parseScenario(JSON.parse(JSON.stringify(scenario)))).map((record) => inWords(record, text, language)),
  )

function inWords(record: DocumentRecord, text: string, language: 'lv' | 'en'): DocumentRecord {
  const lines = record.lines.map((line) => ({
    ...line,
    offer_title: text,
    kind_name_lv: text,
    provider_name: text,
    ...(line.line_no % 4 === 0 ? { case_token: null } : {}),
    ...(line.kind === 'adjustment' ? {} : { price: { ...price, decision: text } }),
  }))
  return { ...record, language, lines, seller: { ...record.seller, name: text, address: text } }
}
const price = { id: 'p', valid_from: '2026-01-01' as const, valid_to: null, price_class: null }

test('every document of every close keeps to the official rules, and its figures come to each other', () => {
  fc.assert(
    fc.property(records, (documents) => {
      for (const record of documents) {
        const xml = ublOf(record)
        expect(wrongIn(xml)).toEqual([])
        expectFigures(xml, record)
      }
    }),
    { numRuns, endOnFailure: true },
  )
})

/** Reads the e-invoice back: each line as its parts say, and the sums as the lines say. */
function expectFigures(xml: string, record: DocumentRecord): void {
  const root = parseXmlDocument(xml).documentElement!
  const lines = childrenOf(root, record.type === 'invoice' ? 'InvoiceLine' : 'CreditNoteLine')
  expect(lines.map((line) => textOf(line, 'LineExtensionAmount'))).toEqual(
    record.lines.map((line) => line.buyer_amount),
  )
  for (const [index, line] of lines.entries()) {
    const quantity = textOf(line, record.type === 'invoice' ? 'InvoicedQuantity' : 'CreditedQuantity')
    const [whole] = childrenOf(line, 'Price')
    const base = childrenOf(whole!, 'BaseQuantity')[0]?.textContent ?? '1'
    const product = new Decimal(quantity).times(textOf(whole!, 'PriceAmount')).div(base)
    const allowances = childrenOf(line, 'AllowanceCharge').map((each) => textOf(each, 'Amount'))
    const net = moneyOf(centsOf(roundToCents(product)) - centsOf(sumMoney(allowances)))
    expect([index, net]).toEqual([index, record.lines[index]!.buyer_amount])
  }
  const [totals] = childrenOf(root, 'LegalMonetaryTotal')
  expect(textOf(totals!, 'LineExtensionAmount')).toBe(record.net)
  expect(textOf(totals!, 'PayableAmount')).toBe(record.total)
}

function childrenOf(element: Element, name: string): Element[] {
  return element.children.filter((child) => child.localName === name)
}
function textOf(element: Element, name: string): string {
  return childrenOf(element, name)[0]!.textContent!
}

describe('by hand', () => {
  const bare: Party = { ...buyer, address: null, locality: null, postal_code: null }
  const standard = (rate: string, vat: `${number}`): DocumentRecord => ({
    ...invoice,
    lines: [{ ...(invoice.lines[4] as RecordLine), line_no: 1, vat_rate: rate }],
    vat_rates: [{ category: 'S', rate, net: '84.70', vat, exemption: null }],
    net: '84.70',
    vat,
    total: sumMoney(['84.70', vat]),
  })
  test.each<[string, DocumentRecord]>([
    ['an invoice with a line of every sort', invoice],
    ['a credit note of two months', creditNote],
    ['in English', { ...invoice, language: 'en' }],
    ['parties of whom little is known', { ...invoice, buyer: bare, seller: { ...bare, name: 'S' } }],
    [
      'a buyer with a VAT number only',
      { ...invoice, buyer: { ...bare, registration_number: null, vat_number: 'LV90000025465' } },
    ],
    [
      'a buyer found by a GLN',
      { ...invoice, buyer: { ...buyer, einvoice_scheme: '0088', einvoice_id: '4006381333931' } },
    ],
    ['VAT in the common rate alone', standard('21', '17.79')],
    ['VAT in a rate with decimals', standard('5.5', '4.66')],
    ['VAT in the rate of nothing', standard('0', '0.00')],
  ])('%s keeps to the official rules', (_, record) => {
    expect(wrongIn(ublOf(record))).toEqual([])
  })

  test('a document of many lines keeps to the official rules', () => {
    const count = 100
    const lines = Array.from({ length: count }, (_, index) =>
      serviceLine(index + 1, { quantity: '0.35', unit_price: '14.43', gross: '5.05', buyer_amount: '5.05' }),
    )
    const net = moneyOf(505n * BigInt(count))
    const vat_rates = [{ ...invoice.vat_rates[0]!, net }]
    expect(wrongIn(ublOf({ ...invoice, lines, vat_rates, net, vat: '0.00', total: net }))).toEqual([])
  })
})

describe('the rules are really asked', () => {
  const xml = ublOf(invoice)
  const credit = ublOf(creditNote)
  test.each([
    ['BR-E-10', xml.replace(/<cbc:TaxExemptionReasonCode>.*?<\/cbc:TaxExemptionReason>/, '')],
    [
      'BR-CO-16',
      xml.replace('<cbc:PayableAmount currencyID="EUR">1563.25', '<cbc:PayableAmount currencyID="EUR">1563.26'),
    ],
    ['BR-CO-10', xml.replace('>362.85<', '>362.86<')],
    ['BR-E-08', xml.replace('>1460.76<', '>1460.75<')],
    ['BR-S-09', xml.replaceAll('>17.79<', '>18.97<')],
    ['BR-CL-23', xml.replaceAll('unitCode="HUR"', 'unitCode="STUNDA"')],
    ['BR-CL-25', xml.replace('schemeID="9939"', 'schemeID="9999"')],
    ['BR-61', xml.replace(/<cac:PayeeFinancialAccount>.*<\/cac:PayeeFinancialAccount>/, '')],
    ['BR-CO-09', xml.replace('<cbc:CompanyID>LV9', '<cbc:CompanyID>XY9')],
    ['BR-CO-10', credit.replace('>11.00</cbc:LineExtensionAmount>', '>11.01</cbc:LineExtensionAmount>')],
    ['XSD', xml.replace('<cbc:IssueDate>2026-03-05', '<cbc:IssueDate>2026-02-30')],
    [
      'XSD',
      xml
        .replace(/<cbc:DueDate>.*<\/cbc:DueDate>\n/, '')
        .replace('<cbc:Note>', '<cbc:DueDate>2026-03-25</cbc:DueDate><cbc:Note>'),
    ],
    ['BR-05', xml.replace('<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>', '')],
  ])('%s is broken where it is broken', (rule, broken) => {
    expect([xml, credit]).not.toContain(broken)
    expect(wrongIn(broken).map((each) => each.split(' ')[0])).toContain(rule)
  })

  test.skipIf(peppolRules === null).each([
    [
      'PEPPOL-EN16931-R110',
      xml
        .replace('<cbc:ID>1</cbc:ID>', '<cbc:ID>1</cbc:ID>')
        .replace(/(InvoiceLine>.*?<cbc:StartDate>)2026-02-01/, '$12026-01-31'),
    ],
    ['PEPPOL-EN16931-R120', xml.replace('>14.95585<', '>14.99<')],
    ['PEPPOL-EN16931-R003', xml.replace(/<cbc:BuyerReference>.*<\/cbc:BuyerReference>\n/, '')],
    ['PEPPOL-EN16931-R010', xml.replace('<cbc:EndpointID schemeID="0218">90000025465</cbc:EndpointID>', '')],
    [
      'PEPPOL-EN16931-R008',
      xml.replace('<cbc:Description>Grupu māja (dzīvoklis)</cbc:Description>', '<cbc:Description/>'),
    ],
  ])('%s is broken where it is broken', (rule, broken) => {
    expect(broken).not.toBe(xml)
    expect(wrongIn(broken).map((each) => each.split(' ')[0])).toContain(rule)
  })
})
