import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { creditorReference, groupedReference, isCreditorReference } from '../../src/invoicing/creditor-reference.ts'
import type { DocumentRecord } from '../../src/invoicing/record.ts'
import { endpointOf, namelessParty, ublOf } from '../../src/invoicing/ubl.ts'
import { element, escaped, group } from '../../src/invoicing/xml.ts'
import { Refusal } from '../../src/refusal.ts'
import { buyer, creditNote, invoice, seller, serviceLine } from './record.ts'

const golden = (name: string) => readFileSync(new URL(`../golden/${name}.xml`, import.meta.url), 'utf8')

test('an invoice and a credit note are written as they were read and found right, byte for byte', () => {
  expect(ublOf(invoice)).toBe(golden('invoice'))
  expect(ublOf(creditNote)).toBe(golden('credit-note'))
})

test('the same record gives the same bytes, with its explanations or without', () => {
  const explained: DocumentRecord = JSON.parse(JSON.stringify(invoice))
  for (const line of explained.lines) line.explanation = { days: [] } as never
  expect(ublOf(explained)).toBe(ublOf(invoice))
})

test('a month is counted in days over the days of the month, a percentage stands in the price without rounding', () => {
  const xml = ublOf(invoice)
  expect(xml).toContain(
    '<cbc:PriceAmount currencyID="EUR">1404.44</cbc:PriceAmount><cbc:BaseQuantity unitCode="DAY">28</cbc:BaseQuantity>',
  )
  // 29.9117 at 50 %
  expect(xml).toContain('<cbc:PriceAmount currencyID="EUR">14.95585</cbc:PriceAmount>')
  const odd = serviceLine(1, {
    quantity: '3',
    unit_price: '0.123456789012',
    percent: '33.33',
    gross: '0.12',
    buyer_amount: '0.12',
  })
  expect(ublOf({ ...invoice, lines: [odd] })).toContain('>0.0411481477776996<')
})

test('what the seller collects is taken off the line; what the buyer gets back is only said', () => {
  const [first, , , zero] = linesOf(ublOf(invoice))
  expect(first!.match(/<cac:AllowanceCharge>/g)).toHaveLength(1)
  expect(first).toContain('<cbc:Amount currencyID="EUR">26.00</cbc:Amount>')
  expect(first).toContain('ESF+ 330,52')
  expect(zero).toContain('<cbc:LineExtensionAmount currencyID="EUR">0.00</cbc:LineExtensionAmount>')
  expect(zero).toContain('<cbc:Amount currencyID="EUR">55.03</cbc:Amount>')
})

test('a difference of an earlier month has no period of its own on an invoice, and has one on a credit note', () => {
  expect(linesOf(ublOf(invoice)).at(-1)).not.toContain('InvoicePeriod')
  expect(linesOf(ublOf(creditNote))[0]).toContain('<cbc:StartDate>2026-01-01</cbc:StartDate>')
})

test('reserved places name no case; no line ever names a person', () => {
  const lines = linesOf(ublOf(invoice))
  expect(lines[2]).not.toContain('DocumentReference')
  expect(lines[0]).toContain('<cbc:ID schemeID="AMH">R-7F3K</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode>')
})

test('every unit has its code', () => {
  const codes = {
    calendar_day: 'DAY',
    month: 'DAY',
    attended_day: 'DAY',
    hour: 'HUR',
    session: 'E48',
    trip: 'E54',
    kilometre: 'KMT',
    meal: 'H87',
    piece: 'H87',
    once: 'C62',
  }
  for (const [unit, code] of Object.entries(codes)) {
    const line = serviceLine(1, { unit, quantity: '1', unit_price: '2.00', gross: '2.00', buyer_amount: '2.00' })
    expect([unit, ublOf({ ...invoice, lines: [line] }).match(/InvoicedQuantity unitCode="(\w+)"/)?.[1]]).toEqual([
      unit,
      code,
    ])
  }
})

test('the words are those of the seller’s language', () => {
  const english = ublOf({ ...invoice, language: 'en' })
  for (const words of ['Group home (apartment)', 'Social services', '50% of the price', 'Provider', 'Difference']) {
    expect(english).toContain(words)
  }
  expect(english).not.toContain('prombūtne')
})

test('a party is found at its own address, else by registration number, else by VAT number', () => {
  const bare = { ...buyer, einvoice_scheme: null, einvoice_id: null }
  expect(endpointOf(seller)).toEqual({ scheme: '9939', identifier: 'LV90000077325' })
  expect(endpointOf(bare)).toEqual({ scheme: '0218', identifier: '90000025465' })
  expect(endpointOf({ ...bare, einvoice_scheme: '0088', einvoice_id: '4006381333931' }).scheme).toBe('0088')
  // Entered before it was checked: no address of the list, so the number of the register is taken.
  expect(endpointOf({ ...bare, einvoice_scheme: '9999', einvoice_id: 'x' }).scheme).toBe('0218')
  expect(endpointOf({ ...bare, registration_number: null, vat_number: 'LV90000025465' })).toEqual({
    scheme: '9939',
    identifier: 'LV90000025465',
  })
})

test('a party without any number has no e-invoice, and the refusal names it', () => {
  const nameless = { ...invoice, buyer: { ...buyer, registration_number: null, vat_number: null } }
  expect(namelessParty(invoice)).toBeNull()
  expect(namelessParty(nameless)).toBe(nameless.buyer)
  expect(() => ublOf(nameless)).toThrow(Refusal)
  expect(() => ublOf(nameless)).toThrow(buyer.name)
})

test('without an account the means of payment is left open; nothing to pay is said', () => {
  const poor = ublOf({ ...invoice, seller: { ...seller, iban: null } })
  expect(poor).toContain('<cbc:PaymentMeansCode>1</cbc:PaymentMeansCode>')
  expect(poor).not.toContain('PayeeFinancialAccount')
  expect(ublOf({ ...invoice, total: '0.00' })).toContain('Maksājums nav vajadzīgs')
})

describe('a creditor reference', () => {
  test('holds the number and two digits that check it', () => {
    expect(creditorReference('539007547034')).toBe('RF18539007547034')
    expect(creditorReference('DGV-2026-00012')).toBe('RF33DGV202600012')
    expect(groupedReference('RF18539007547034')).toBe('RF18\u00a05390\u00a00754\u00a07034')
  })

  test('is whole or it is not: one wrong character, or two changed places, are seen', () => {
    expect(isCreditorReference('rf18 5390 0754 7034')).toBe(true)
    for (const wrong of ['RF18539007547035', 'RF18539007540734', 'RF1853900754703', 'RF', '', 'LV18539007547034']) {
      expect([wrong, isCreditorReference(wrong)]).toEqual([wrong, false])
    }
  })

  test('is 25 characters at most and differs for every document of a seller, whatever the prefix', () => {
    for (const prefix of ['D', 'DGV', 'A-1', 'ABCDEFGHIJKL', '------------', 'Z9Z9Z9Z9Z9Z9']) {
      const references = [1, 2, 99_999, 100_000].map((sequence) =>
        creditorReference(`${prefix}-2026-${String(sequence).padStart(5, '0')}`),
      )
      expect(references.every((reference) => reference.length <= 25 && isCreditorReference(reference))).toBe(true)
      expect(new Set(references).size).toBe(4)
    }
  })
})

describe('texts in XML', () => {
  test('what has a meaning in XML is written so that it has none', () => {
    expect(escaped(`a & b < c > "d" 'e' ]]> &amp;`)).toBe(
      'a &amp; b &lt; c &gt; &quot;d&quot; &apos;e&apos; ]]&gt; &amp;amp;',
    )
    expect(escaped('Šķūņu iela „ā” — ģ\n')).toBe('Šķūņu iela „ā” — ģ\n')
  })

  test('what XML cannot hold is left out, what it can stays', () => {
    expect(escaped('a\u0000b\u0008c\u001fd\ufffee\ud800f\udc00g\r\t')).toBe('abcdefg&#13;\t')
    expect(escaped('\u{1f642} \u{10ffff}')).toBe('\u{1f642} \u{10ffff}')
  })

  test('nothing is written for a text of nothing', () => {
    expect([element('a', null), element('a', undefined), element('a', ' \u0001 '), group('g', '', '')]).toEqual([
      '',
      '',
      '',
      '',
    ])
  })
})

function linesOf(xml: string): string[] {
  return xml.split('\n').filter((line) => /^<cac:(Invoice|CreditNote)Line>/.test(line))
}
