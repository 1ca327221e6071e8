/** A catalogue in a file: CSV, XLSX or HSDS JSON, read into what it says of each offer. What is wrong is told by row and column. No database. */
import { CsvError, parse } from 'csv-parse/sync'
import { unzipSync } from 'fflate'
import readXlsxFile from 'read-excel-file/universal'
import { z } from 'zod'
import { refuse } from '../refusal.ts'
import { units } from '../settlement/facts.ts'
import { parseDateInput, parseDecimalInput } from '../ui/input.ts'
import { isTextKey, languages, translator } from '../ui/texts.ts'
import { CapacityInput } from './capacity.ts'
import { accessibilities, careLanguages, deliveryModes } from './offer.ts'
import { PriceInput } from './price.ts'
import {
  isNone,
  type Read,
  readAbsence,
  readFreesBed,
  readStatus,
  readSurcharges,
  readTiers,
  readVat,
  readYes,
} from './rules-in-cells.ts'

/** How many rows a file may have, how many offers, and how large it may be. */
export const mostRows = 5000
export const mostOffers = 2000
export const mostBytes = 5_000_000
const mostUnpacked = 60_000_000

export type ImportFormat = 'csv' | 'xlsx' | 'hsds'

/** What is wrong with one cell: the row as the file counts it, and the column by its own name. */
export interface RowError {
  row: number
  column: string
  message: string
  values?: Record<string, string | number>
}

/** What a file says of one offer. Fields that the file does not have are not in `offer`. */
export interface ImportedOffer {
  row: number
  external_id: string
  /** the parts of an `OfferInput` that were given; kinds and groups by code or name, `provider` by number, name or id, null for none */
  offer: Record<string, unknown>
  prices: { row: number; price: PriceInput }[]
  capacities: { row: number; capacity: CapacityInput }[]
  errors: RowError[]
  /** what a new offer is to be; where nothing is said, as the whole file is wished */
  status?: 'draft' | 'published'
}

/** The columns of a table, in the order of the template, with the headers under which each is found. */
export const importColumns = {
  external_id: ['kods', 'external_id', 'code'],
  kind_code: ['veids', 'pakalpojuma_veids', 'kind', 'kind_code', 'service_kind'],
  title: ['nosaukums', 'title', 'name'],
  status: ['statuss', 'stavoklis', 'status'],
  provider: ['sniedzejs', 'provider', 'provider_id'],
  description: ['apraksts', 'description'],
  address: ['adrese', 'address'],
  locality: ['apdzivota_vieta', 'vieta', 'locality', 'town'],
  delivery_mode: ['sniegsanas_veids', 'delivery_mode'],
  target_groups: ['merka_grupas', 'target_groups'],
  languages: ['valodas', 'languages'],
  accessibility: ['pieklustamiba', 'pieejamiba', 'accessibility'],
  unit: ['mervieniba', 'unit'],
  departure_day_charged: ['aizbrauksanas_dienu_skaita', 'aizbrauksanas_diena_maksa', 'departure_day_charged'],
  absence: ['prombutne', 'absence'],
  frees_bed: ['atbrivo_vietu', 'frees_the_bed', 'frees_bed'],
  in_turn: ['vietu_izmanto_pec_kartas', 'places_used_in_turn', 'in_turn'],
  surcharges: ['piemaksas', 'surcharges'],
  no_show_percent: ['par_neierasanos', 'no_show', 'no_show_percent'],
  minimum_per_month: ['mazakais_menesi', 'minimum_a_month', 'minimum_per_month'],
  vat: ['pvn', 'vat'],
  price: ['cena', 'price', 'unit_price'],
  price_class: ['kam_cena', 'price_class'],
  price_from: ['cena_no', 'price_from'],
  price_to: ['cena_lidz', 'price_to'],
  tiers: ['cenas_pakapes', 'price_steps', 'tiers'],
  decision: ['lemums', 'decision'],
  places: ['vietu_skaits', 'vietas', 'places', 'capacity'],
  places_from: ['vietas_no', 'places_from'],
  places_to: ['vietas_lidz', 'places_to'],
  made_up: ['izdomats', 'made_up'],
} as const
export type ImportColumn = keyof typeof importColumns

const offerColumns = ['title', 'kind_code', 'description', 'address', 'locality', 'delivery_mode', 'unit'] as const
const listColumns = ['target_groups', 'languages', 'accessibility'] as const

/**
 * Reads a file. Each error stands with its offer; other offers are read nevertheless.
 * @throws Refusal `import_not_readable` for a file that cannot be read at all
 */
export async function readCatalogueFile(bytes: Uint8Array): Promise<ImportedOffer[]> {
  if (bytes.length === 0) return refuseFile('empty')
  if (bytes.length > mostBytes) return refuseFile('too_large', { maximum: mostBytes / 1_000_000 })
  const offers = await readAs(formatOf(bytes), bytes)
  if (offers.length === 0) return refuseFile('empty')
  if (offers.length > mostOffers) return refuseFile('too_many_offers', { maximum: mostOffers })
  return withoutTwice(offers)
}

async function readAs(format: ImportFormat, bytes: Uint8Array): Promise<ImportedOffer[]> {
  if (format === 'xlsx') return readTable(await sheetOf(bytes))
  const text = textOf(bytes)
  return format === 'hsds' ? readHsds(text) : readTable(cellsOf(text))
}

/** By what the file begins with, never by its name. */
export function formatOf(bytes: Uint8Array): ImportFormat {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return 'xlsx'
  const start = new TextDecoder()
    .decode(bytes.subarray(0, 200))
    .replace(/^\uFEFF/, '')
    .trimStart()
  return start.startsWith('{') || start.startsWith('[') ? 'hsds' : 'csv'
}

function refuseFile(reason: string, facts: Record<string, string | number> = {}): never {
  return refuse('import_not_readable', { field: 'file', reason, ...facts })
}

function textOf(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text.includes('\0') ? refuseFile('encoding') : text
  } catch (error) {
    if (error instanceof TypeError) return refuseFile('encoding')
    throw error
  }
}

// Tables

type Cells = { row: number; cells: string[] }

function cellsOf(text: string): Cells[] {
  const body = text.replace(/^\uFEFF/, '').replace(/^sep=.\r?\n/i, '')
  const first = body.slice(0, body.search(/[\r\n]|$/))
  const counts = [';', '\t', ','].map((each) => [first.split(each).length, each] as const)
  const [, delimiter] = counts.reduce((most, each) => (each[0] > most[0] ? each : most))
  try {
    const records = parse(body, {
      delimiter,
      relax_column_count: true,
      trim: true,
      skip_empty_lines: false,
    }) as string[][]
    // What the export keeps from being run as a formula stands behind an apostrophe.
    const asSaid = (cell: string) => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell)
    return records.map((cells, index) => ({ row: index + 1, cells: cells.map(asSaid) }))
  } catch (error) {
    if (error instanceof CsvError) return refuseFile('other')
    throw error
  }
}

async function sheetOf(bytes: Uint8Array): Promise<Cells[]> {
  let unpacked = 0
  try {
    // What it would unpack to is in its directory: nothing is unpacked here.
    unzipSync(bytes, {
      filter: ({ originalSize }) => {
        unpacked += originalSize
        return false
      },
    })
  } catch {
    return refuseFile('other')
  }
  if (unpacked > mostUnpacked) return refuseFile('too_large', { maximum: mostBytes / 1_000_000 })
  try {
    const sheets = (await readXlsxFile(bytes.slice().buffer as ArrayBuffer)) as unknown as { data: unknown[][] }[]
    return (sheets[0]?.data ?? []).map((row, index) => ({ row: index + 1, cells: row.map(cellText) }))
  } catch {
    return refuseFile('other')
  }
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString().slice(0, 10)
  // A spreadsheet keeps 29.59 as a binary number: twelve digits are more than any price has.
  if (typeof value === 'number') return String(Number(value.toPrecision(12)))
  return String(value).trim()
}

/** Rows of one code belong together: the first says what the offer is, each may add a price and a capacity. */
export function readTable(table: readonly Cells[]): ImportedOffer[] {
  const [header, ...rows] = table.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
  if (header === undefined) return refuseFile('empty')
  if (rows.length === 0) return refuseFile('header_only')
  if (rows.length > mostRows) return refuseFile('too_long', { maximum: mostRows })
  const places = columnsIn(header.cells)
  const offers = new Map<string, ImportedOffer>()
  for (const { row, cells } of rows) {
    const given = (column: ImportColumn) => (cells[places.get(column) ?? -1] ?? '').trim()
    const code = given('external_id')
    const known = code === '' ? undefined : offers.get(code)
    const entry = known ?? { row, external_id: code, offer: {}, prices: [], capacities: [], errors: [] }
    // A row without a code is an offer of its own that is wrong; a code is never made up.
    if (known === undefined) offers.set(code === '' ? `row ${row}` : code, entry)
    if (code === '') entry.errors.push({ row, column: 'external_id', message: 'validation.required' })
    else if (code.length > 100)
      entry.errors.push({ row, column: 'external_id', message: 'validation.too_long', values: { maximum: 100 } })
    if (known === undefined) {
      Object.assign(entry.offer, offerOf(given, places))
      readRules(entry, row, given)
    }
    readPrice(entry, row, given)
    readCapacity(entry, row, given)
  }
  return [...offers.values()]
}

function columnsIn(header: readonly string[]): Map<ImportColumn, number> {
  const places = new Map<ImportColumn, number>()
  for (const [index, cell] of header.entries()) {
    const column = (Object.keys(importColumns) as ImportColumn[]).find((name) =>
      (importColumns[name] as readonly string[]).includes(plainWord(cell)),
    )
    if (column === undefined) continue
    if (places.has(column)) return refuseFile('column_twice', { column: cell })
    places.set(column, index)
  }
  if (!places.has('external_id')) return refuseFile('column_missing', { column: 'external_id' })
  return places
}

/** `Mērķa grupas` is merka_grupas. */
export function plainWord(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
}

type Given = (column: ImportColumn) => string

/** An empty cell leaves an existing offer as it is. */
function offerOf(given: Given, places: ReadonlyMap<ImportColumn, number>): Record<string, unknown> {
  const offer: Record<string, unknown> = {}
  for (const column of offerColumns) if (places.has(column) && given(column) !== '') offer[column] = given(column)
  for (const column of listColumns) {
    const parts = given(column)
      .split(/[,;|\n]/)
      .map((part) => part.trim())
    const named = parts.filter((part) => part !== '')
    if (named.length === 1 && isNone(named[0]!) && column !== 'languages') offer[column] = []
    else if (named.length > 0)
      offer[column] = column === 'target_groups' ? named : named.map((part) => codeOf(column, part))
  }
  if (typeof offer.unit === 'string') offer.unit = codeOf('unit', offer.unit)
  if (typeof offer.delivery_mode === 'string') offer.delivery_mode = codeOf('delivery_mode', offer.delivery_mode)
  return offer
}

/** The rules of an offer: a cell that makes no sense is told with the part of it that does not. */
function readRules(entry: ImportedOffer, row: number, given: Given): void {
  const wrong = (column: ImportColumn, part: string) =>
    entry.errors.push({ row, column, message: 'import.cell_not_readable', values: { part } })
  const take = <T>(column: ImportColumn, read: (cell: string) => Read<T>, keep: (value: T) => void) => {
    const cell = given(column)
    if (cell === '') return
    const found = read(cell)
    if ('wrong' in found) wrong(column, found.wrong)
    else keep(found.value)
  }
  const into = (column: ImportColumn) => (value: unknown) => {
    entry.offer[column] = value
  }
  take('status', readStatus, (status) => {
    entry.status = status
  })
  take('provider', (cell) => ({ value: isNone(cell) ? null : cell }), into('provider'))
  take('departure_day_charged', readYes, into('departure_day_charged'))
  take('absence', readAbsence, into('absence'))
  take('frees_bed', readFreesBed, into('frees_bed'))
  take('in_turn', readYes, into('in_turn'))
  take('surcharges', readSurcharges, into('surcharges'))
  take('no_show_percent', readFigure, into('no_show_percent'))
  take<string | null>(
    'minimum_per_month',
    (cell) => (isNone(cell) ? { value: null } : readFigure(cell)),
    into('minimum_per_month'),
  )
  take('vat', readVat, into('vat'))
}

function readFigure(cell: string): Read<string> {
  const value = parseDecimalInput(cell.replace(/%$/, '').trim())
  return value === null ? { wrong: cell } : { value }
}

/** True where a row says that what it names is made up; what says neither is not. */
function madeUp(entry: ImportedOffer, row: number, given: Given): boolean {
  const cell = given('made_up')
  const read = cell === '' ? { value: false } : readYes(cell)
  if ('value' in read) return read.value
  entry.errors.push({ row, column: 'made_up', message: 'import.cell_not_readable', values: { part: read.wrong } })
  return false
}

const choices: Record<string, { codes: readonly string[]; texts: string[] }> = {
  unit: { codes: units, texts: ['unit.'] },
  delivery_mode: { codes: deliveryModes, texts: ['catalogue.mode_', 'delivery_mode.'] },
  languages: { codes: careLanguages, texts: ['language.'] },
  accessibility: { codes: accessibilities, texts: ['accessibility.'] },
}

/** A choice by its code, or by what it is called on the pages; what is neither stays as it is, and is refused by its field. */
function codeOf(column: string, said: string): string {
  const wanted = plainWord(said)
  const { codes, texts } = choices[column]!
  const named = (code: string) =>
    languages.some((language) =>
      texts.some((start) => {
        const key = `${start}${code}`
        return isTextKey(key) && plainWord(translator(language)(key)) === wanted
      }),
    )
  return codes.find((code) => plainWord(code) === wanted) ?? codes.find(named) ?? said
}

const classWords: Record<string, string | null> = {
  '': null,
  visiem: null,
  everybody: null,
  saviem: 'own',
  own: 'own',
  citiem: 'other',
  citu_pasvaldibu_iedzivotajiem: 'other',
  other: 'other',
}

function readPrice(entry: ImportedOffer, row: number, given: Given): void {
  const parts = ['price', 'price_class', 'price_from', 'price_to', 'tiers', 'decision'] as const
  if (parts.every((column) => given(column) === '')) return
  const said = plainWord(given('price_class'))
  const tiers = readTiers(given('tiers'))
  if ('wrong' in tiers)
    entry.errors.push({ row, column: 'tiers', message: 'import.cell_not_readable', values: { part: tiers.wrong } })
  const read = PriceInput.safeParse({
    unit_price: given('price') === '' ? undefined : (parseDecimalInput(given('price')) ?? given('price')),
    price_class: Object.hasOwn(classWords, said) ? classWords[said] : said,
    valid_from: dateIn(given('price_from')),
    valid_to: dateIn(given('price_to')) ?? null,
    tiers: 'wrong' in tiers ? null : tiers.value,
    decision: given('decision') || null,
    made_up: madeUp(entry, row, given),
  })
  const columns = { unit_price: 'price', valid_from: 'price_from', valid_to: 'price_to' }
  if (read.success) entry.prices.push({ row, price: read.data })
  else entry.errors.push(...errorsIn(read.error, row, columns))
}

function readCapacity(entry: ImportedOffer, row: number, given: Given): void {
  const parts = ['places', 'places_from', 'places_to'] as const
  if (parts.every((column) => given(column) === '')) return
  const places = given('places')
  const number = /^\d{1,9}$/.test(places)
  if (places !== '' && !number) entry.errors.push({ row, column: 'places', message: 'validation.number' })
  const read = CapacityInput.safeParse({
    places: places === '' ? undefined : number ? Number(places) : 0,
    valid_from: dateIn(given('places_from')),
    valid_to: dateIn(given('places_to')) ?? null,
    made_up: madeUp(entry, row, given),
  })
  if (read.success && number) entry.capacities.push({ row, capacity: read.data })
  if (!read.success)
    entry.errors.push(...errorsIn(read.error, row, { valid_from: 'places_from', valid_to: 'places_to' }))
}

function dateIn(text: string): string | undefined {
  return text === '' ? undefined : (parseDateInput(text) ?? text)
}

/** The issues of a schema as errors of a row. @param columns where a field has another name in the file */
export function errorsIn(
  error: z.ZodError,
  row: number,
  columns: Readonly<Record<string, string>> = {},
  before = '',
): RowError[] {
  return error.issues.map((issue) => {
    const [name = '', ...rest] = issue.path.map(String)
    const [message = '', ...pairs] = issue.message.split('|')
    const values = Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]))
    const column = before === '' ? (columns[name] ?? name) : [before, columns[name] ?? name, ...rest].join('.')
    return { row, column, message: isTextKey(message) ? message : 'validation.invalid', values }
  })
}

/** A code that stands twice in a file of records would be two offers in one. */
function withoutTwice(offers: ImportedOffer[]): ImportedOffer[] {
  const seen = new Set<string>()
  for (const offer of offers) {
    if (offer.external_id !== '' && seen.has(offer.external_id))
      offer.errors.push({ row: offer.row, column: 'external_id', message: 'import.twice' })
    seen.add(offer.external_id)
  }
  return offers
}

// HSDS

const amount = z.union([z.string(), z.number()]).transform(String)
const day = z.string().transform((text) => text.slice(0, 10))
const Service = z.looseObject({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  languages: z.array(z.looseObject({ code: z.string().nullish() })).nullish(),
  attributes: z
    .array(
      z.looseObject({
        taxonomy_term: z
          .looseObject({ code: z.string().nullish(), name: z.string().nullish(), taxonomy: z.string().nullish() })
          .nullish(),
        link_type: z.string().nullish(),
      }),
    )
    .nullish(),
  cost_options: z
    .array(
      z.looseObject({
        valid_from: day.nullish(),
        valid_to: day.nullish(),
        option: z.string().nullish(),
        currency: z.string().nullish(),
        amount: amount.nullish(),
        vieta: z.looseObject({}).nullish(),
      }),
    )
    .nullish(),
  capacities: z.array(z.looseObject({ maximum: z.number().nullish(), updated: day.nullish() })).nullish(),
  service_at_locations: z
    .array(
      z.looseObject({
        location: z
          .looseObject({
            addresses: z
              .array(z.looseObject({ address_1: z.string().nullish(), city: z.string().nullish() }))
              .nullish(),
          })
          .nullish(),
      }),
    )
    .nullish(),
  vieta: z.looseObject({}).nullish(),
})
type Service = z.infer<typeof Service>

/** A page of services, a list of them, one service, or one on each line. The row is the number of the service. */
function readHsds(text: string): ImportedOffer[] {
  const services = servicesIn(text.replace(/^\uFEFF/, '').trim())
  if (services.length > mostOffers) return refuseFile('too_many_offers', { maximum: mostOffers })
  return services.map((service, index) => {
    const row = index + 1
    const read = Service.safeParse(service)
    if (read.success) return readService(read.data, row)
    const id = (service as { id?: unknown } | null)?.id
    const external_id = typeof id === 'string' ? id : ''
    return {
      row,
      external_id,
      offer: {},
      prices: [],
      capacities: [],
      errors: errorsIn(read.error, row, {}, '').map((error) => ({ ...error, message: 'validation.invalid' })),
    }
  })
}

function servicesIn(text: string): unknown[] {
  try {
    const whole: unknown = JSON.parse(text)
    if (Array.isArray(whole)) return whole
    const contents = (whole as { contents?: unknown } | null)?.contents
    return Array.isArray(contents) ? contents : [whole]
  } catch {
    try {
      const lines = text.split('\n').filter((line) => line.trim() !== '')
      return lines.map((line) => JSON.parse(line))
    } catch {
      return refuseFile('json')
    }
  }
}

/** Our own output says under `vieta` what HSDS has no word for; another system's unit is then missing, and is asked for. */
function readService(service: Service, row: number): ImportedOffer {
  const vieta = (service.vieta ?? {}) as Record<string, unknown>
  const terms = (service.attributes ?? []).map(({ taxonomy_term, link_type }) => ({ ...taxonomy_term, link_type }))
  const isKind = (term: { link_type?: unknown; taxonomy?: unknown }) =>
    term.link_type === 'service_kind' || /veid|kind|type/i.test(String(term.taxonomy ?? ''))
  const kind = terms.find(isKind)
  const groups = terms.filter((term) => !isKind(term)).map((term) => term.code ?? term.name ?? '')
  const at = service.service_at_locations?.[0]?.location?.addresses?.[0]
  const entry: ImportedOffer = { row, external_id: service.id, offer: {}, prices: [], capacities: [], errors: [] }
  if (service.id.trim() === '' || service.id.length > 100)
    entry.errors.push({
      row,
      column: 'id',
      message: service.id.trim() === '' ? 'validation.required' : 'validation.too_long',
      values: { maximum: 100 },
    })
  const exact = (vieta.offer ?? {}) as Record<string, unknown>
  const said: Record<string, unknown> = {
    title: service.name,
    description: service.description ?? undefined,
    kind_code: kind?.code ?? kind?.name ?? undefined,
    target_groups: groups.length > 0 ? groups : undefined,
    languages: codesOf(service.languages),
    address: at?.address_1 || undefined,
    locality: at?.city || undefined,
    unit: vieta.unit,
    delivery_mode: vieta.delivery_mode,
    ...exact,
  }
  for (const [name, value] of Object.entries(said)) if (value !== undefined) entry.offer[name] = value
  readCostOptions(entry, service)
  readCapacities(entry, service, vieta)
  return entry
}

function codesOf(given: Service['languages']): string[] | undefined {
  const codes = (given ?? []).flatMap(({ code }) => (code ? [code] : []))
  return codes.length > 0 ? codes : undefined
}

function readCostOptions(entry: ImportedOffer, service: Service): void {
  const { row } = entry
  for (const [index, option] of (service.cost_options ?? []).entries()) {
    const column = `cost_options.${index}`
    if (option.currency && option.currency !== 'EUR') {
      entry.errors.push({ row, column: `${column}.currency`, message: 'import.currency' })
      continue
    }
    const own = (option.vieta ?? {}) as Record<string, unknown>
    const read = PriceInput.safeParse({
      valid_from: option.valid_from ?? undefined,
      valid_to: option.valid_to ?? null,
      unit_price: own.unit_price ?? option.amount ?? undefined,
      price_class: own.price_class ?? null,
      tiers: own.tiers ?? null,
      decision: own.decision ?? null,
      made_up: own.made_up ?? false,
    })
    if (read.success) entry.prices.push({ row, price: read.data })
    else entry.errors.push(...errorsIn(read.error, row, { unit_price: 'amount' }, column))
  }
}

/** Periods where the file has them, else the number of places since the day it was updated. */
function readCapacities(entry: ImportedOffer, service: Service, vieta: Record<string, unknown>): void {
  const periods = Array.isArray(vieta.capacities)
    ? vieta.capacities
    : (service.capacities ?? []).flatMap(({ maximum, updated }) =>
        maximum == null ? [] : [{ places: maximum, valid_from: updated ?? undefined }],
      )
  for (const [index, period] of periods.entries()) {
    const read = CapacityInput.safeParse(period)
    if (read.success) entry.capacities.push({ row: entry.row, capacity: read.data })
    else entry.errors.push(...errorsIn(read.error, entry.row, {}, `capacities.${index}`))
  }
}
