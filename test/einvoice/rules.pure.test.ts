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
/** What buyers and sellers say of their documents: totals by service, references, a department, outside the scope of VAT. */
const sayings = fc.record({ totals: fc.boolean(), outside: fc.boolean(), referred: fc.boolean() })
type Saying = { totals: boolean; outside: boolean; referred: boolean }

const records = fc
  .tuple(anyScenario, fc.constantFrom(...texts), fc.constantFrom('lv' as const, 'en' as const), sayings)
  .map(([scenario, text, language, saying]) =>
    recordsOf(parseScenario(JSON.parse(JSON.stringify(scenario)))).map((record) =>
      asSaid(inWords(record, text, language), text, saying),
    ),
  )

function asSaid(record: DocumentRecord, text: string, { totals, outside, referred }: Saying): DocumentRecord {
  const references = referred
    ? { institution_code: text, agreement_number: text, order_number: text, budget_code: text }
    : record.references!
  const named = { ...record, references, wishes: { lines: totals ? 'totals' : 'cases', pdf_in_xml: false } as const }
  const seller = { ...record.seller, ...(referred && { trading_name: text, district: text, bic: 'TRELLV22' }) }
  return outside ? outsideVat({ ...named, seller }) : { ...named, seller }
}

/** As a seller outside the scope of VAT issues it; one with a rate stays as it is, since the two are never mixed. */
function outsideVat(record: DocumentRecord): DocumentRecord {
  if (record.vat_rates.some(({ category }) => category !== 'E')) return record
  const exemption = { code: 'VATEX-EU-O', reason: 'publisko tiesību subjekts' }
  return {
    ...record,
    seller: { ...record.seller, vat_number: null },
    lines: record.lines.map((line) => ({ ...line, vat_category: 'O' as const })),
    vat_rates: record.vat_rates.map((rate) => ({ ...rate, category: 'O' as const, exemption })),
  }
}

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
  const amounts = lines.map((line) => textOf(line, 'LineExtensionAmount'))
  if (record.wishes?.lines === 'totals') {
    expect(lines.length).toBeLessThanOrEqual(record.lines.length)
    expect(sumMoney(amounts)).toBe(record.net)
    expect(xml).not.toContain('schemeID="AMH"')
    expect(quantitiesOf(lines, record)).toBe(quantityOf(record))
  } else expect(amounts).toEqual(record.lines.map((line) => line.buyer_amount))
  for (const [index, line] of lines.entries()) {
    const quantity = textOf(line, record.type === 'invoice' ? 'InvoicedQuantity' : 'CreditedQuantity')
    const [whole] = childrenOf(line, 'Price')
    const base = childrenOf(whole!, 'BaseQuantity')[0]?.textContent ?? '1'
    const product = new Decimal(quantity).times(textOf(whole!, 'PriceAmount')).div(base)
    const net = childrenOf(line, 'AllowanceCharge').reduce(
      (sum, each) => {
        const cents = centsOf(textOf(each, 'Amount'))
        return textOf(each, 'ChargeIndicator') === 'true' ? sum + cents : sum - cents
      },
      centsOf(roundToCents(product)),
    )
    expect([index, moneyOf(net)]).toEqual([index, amounts[index]])
  }
  const [totals] = childrenOf(root, 'LegalMonetaryTotal')
  expect(textOf(totals!, 'LineExtensionAmount')).toBe(record.net)
  expect(textOf(totals!, 'PayableAmount')).toBe(record.total)
}

/** Units of all services together, as lines and record say them; differences have none. */
function quantitiesOf(lines: Element[], { type }: DocumentRecord): string {
  const name = type === 'invoice' ? 'InvoicedQuantity' : 'CreditedQuantity'
  const services = lines.filter((line) => childrenOf(line, name)[0]!.getAttribute('unitCode') !== 'C62')
  return services.reduce((sum, line) => sum.plus(textOf(line, name)), new Decimal(0)).toString()
}
function quantityOf({ lines }: DocumentRecord): string {
  return lines
    .flatMap((line) => (line.kind === 'adjustment' || line.unit === 'once' ? [] : line.quantity))
    .reduce((sum, quantity) => sum.plus(quantity), new Decimal(0))
    .toString()
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
    ['totals by service', { ...invoice, wishes: { lines: 'totals', pdf_in_xml: false } }],
    ['totals of a credit note', { ...creditNote, wishes: { lines: 'totals', pdf_in_xml: false } }],
    ['a seller outside the scope of VAT', outsideVat(creditNote)],
    [
      'a buyer that has said all it can',
      {
        ...invoice,
        references: {
          institution_code: 'EZN-SD-01',
          agreement_number: 'SP-2026/017',
          order_number: 'P-8',
          budget_code: '08',
        },
        seller: {
          ...invoice.seller,
          trading_name: 'Sociālais dienests',
          district: 'Augšdaugavas novads',
          bic: 'TRELLV22',
        },
      },
    ],
  ])('%s keeps to the official rules', (_, record) => {
    expect(wrongIn(ublOf(record))).toEqual([])
  })

  test('an e-invoice that carries its PDF keeps to the official rules', () => {
    expect(wrongIn(ublOf(invoice, new TextEncoder().encode('%PDF-1.7')))).toEqual([])
  })

  test('the cents of many small lines stand in the total of their service', () => {
    const lines = Array.from({ length: 101 }, (_, index) =>
      serviceLine(index + 1, { quantity: '0.35', unit_price: '14.43', gross: '5.05', buyer_amount: '5.05' }),
    )
    const net = moneyOf(505n * 101n)
    const vat_rates = [{ ...invoice.vat_rates[0]!, net }]
    const wishes = { lines: 'totals' as const, pdf_in_xml: false }
    const record = { ...invoice, lines, vat_rates, net, vat: '0.00' as const, total: net, wishes }
    const xml = ublOf(record)
    expect(wrongIn(xml)).toEqual([])
    // 35.35 × 14.43 is 510.10, and the lines come to 510.05
    expect(xml).toContain(
      '<cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:AllowanceChargeReason>Noapaļošana pa klientiem</cbc:AllowanceChargeReason><cbc:Amount currencyID="EUR">0.05</cbc:Amount>',
    )
    expect(xml.match(/<cac:InvoiceLine>/g)).toHaveLength(1)
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
