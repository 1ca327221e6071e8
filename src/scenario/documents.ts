/** The documents of a scenario as records, with invented parties whose numbers are well formed, so that any case can be held against the rules. */
import { addMonths, dateIn, type PlainDate, yearOf } from '../calendar.ts'
import { isRegistrationNumber } from '../identity/registration-number.ts'
import {
  type DocumentRecord,
  documentNumber,
  freezeDocument,
  type IssueFacts,
  type Party,
} from '../invoicing/record.ts'
import type { Scenario } from './format.ts'
import { playDocuments } from './play.ts'

/** Records of all documents of a scenario, in the order of its result. Throws `Refused` as playing it does. */
export function recordsOf(scenario: Scenario): DocumentRecord[] {
  const parties = new Map(scenario.parties.map((code, index) => [code, inventedParty(code, index)]))
  const sequences = new Map<string, number>()
  const invoices = new Map<string, { number: string; issued_on: PlainDate }>()
  return playDocuments(scenario).map(({ document, subjects }) => {
    const { seller, buyer, close, corrects } = document
    const issued_on = dateIn(addMonths(close, 1), 5)
    const year = yearOf(issued_on)
    const sequence = (sequences.get(`${seller} ${year}`) ?? 0) + 1
    sequences.set(`${seller} ${year}`, sequence)
    const numbered = { number: documentNumber(prefixOf(seller, scenario.parties), year, sequence), issued_on }
    if (document.type === 'invoice') invoices.set(`${seller} ${buyer} ${close}`, numbered)
    const corrected = corrects === null ? null : invoices.get(`${seller} ${buyer} ${corrects}`)!
    const placements: IssueFacts['placements'] = new Map(
      [...subjects].map(([placement, { offer, unit }]) => [
        placement,
        {
          case_token: placement,
          offer_id: offer,
          offer_title: offer,
          kind_code: offer,
          kind_name_lv: offer,
          kind_name_en: offer,
          provider_name: null,
          unit,
        },
      ]),
    )
    const facts: IssueFacts = {
      seller: { ...parties.get(seller)!, payment_days: 20, invoice_language: 'lv' },
      parties,
      placements,
      prices: new Map(),
      months: new Map(),
      billed_on: new Map(),
    }
    return freezeDocument(document, numbered, corrected, facts)
  })
}

/** A series prefix as sellers have: capital letters and digits. Codes of scenarios may be longer or hold other letters. */
function prefixOf(code: string, parties: readonly string[]): string {
  return /^[A-Z0-9-]{1,12}$/.test(code) ? code : `P${parties.indexOf(code) + 1}`
}

function inventedParty(code: string, index: number): Party {
  const number = registrationNumber(index)
  return {
    name: code,
    registration_number: number,
    vat_number: `LV${number}`,
    address: 'Skolas iela 1',
    locality: 'Paraugpils',
    postal_code: 'LV-9999',
    country: 'LV',
    iban: accountNumber(index),
    bank_name: null,
    email: null,
    phone: null,
    einvoice_scheme: '0218',
    einvoice_id: number,
  }
}

/** `9999……` and a digit that checks; some beginnings have none, so the next one is taken. */
export function registrationNumber(index: number): string {
  const numbers: string[] = []
  for (let serial = 0; numbers.length <= index; serial++) {
    const beginning = `9999${String(serial).padStart(6, '0')}`
    const digit = [...'0123456789'].find((each) => isRegistrationNumber(beginning + each))
    if (digit !== undefined) numbers.push(beginning + digit)
  }
  return numbers.at(-1)!
}

/** An account at a bank that does not exist; LV is 21 31 as digits, BANK 11 10 23 20. */
function accountNumber(index: number): string {
  const account = String(index + 1).padStart(13, '0')
  const check = 98n - (BigInt(`11102320${account}213100`) % 97n)
  return `LV${String(check).padStart(2, '0')}BANK${account}`
}
