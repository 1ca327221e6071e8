/** A catalogue as the table that `import-file.ts` reads: loaded into an empty catalogue it makes the same offers. No database. */
import writeXlsxFile, { type Cell, type SheetData } from 'write-excel-file/universal'
import { isTextKey, type Language, type Translate, translator } from '../ui/texts.ts'
import type { WholeOffer } from './export-store.ts'
import { type ImportColumn, importColumns } from './import-file.ts'
import { writeAbsence, writeFreesBed, writeSurcharges, writeTiers } from './rules-in-cells.ts'
import type { PriceRow } from './store.ts'

const columns = Object.keys(importColumns) as ImportColumn[]
type Cells = Partial<Record<ImportColumn, string>>

/** In the reader's words and with their decimal sign; prices and places stand in rows of their own below the first. */
function rowsOf(catalogue: readonly WholeOffer[], language: Language): Cells[] {
  const t = translator(language)
  const decimal = (text: string) => (language === 'lv' ? text.replace('.', ',') : text)
  const kinds = new Map<string, Set<string>>()
  for (const { offer } of catalogue) {
    const name = kindName(offer, language)
    kinds.set(name, (kinds.get(name) ?? new Set()).add(offer.kind_code))
  }
  return catalogue.flatMap((whole) => {
    const { offer, prices, capacities } = whole
    const external_id = offer.external_id ?? offer.id
    const [first = {}, ...rest] = [
      ...prices.map((price) => priceCells(price, t, decimal)),
      ...capacities.map(({ places, valid_from, valid_to, made_up }) => ({
        places: String(places),
        places_from: valid_from,
        places_to: valid_to ?? '',
        made_up: yes(t, made_up),
      })),
    ]
    const name = kindName(offer, language)
    // Two kinds of one name would be one when read.
    const kind_code = kinds.get(name)!.size > 1 ? offer.kind_code : name
    return [
      { external_id, kind_code, ...offerCells(whole, t, decimal), ...first },
      ...rest.map((cells) => ({ external_id, ...cells })),
    ]
  })
}

const kindName = (offer: WholeOffer['offer'], language: Language) =>
  language === 'lv' ? offer.kind_name_lv : offer.kind_name_en
const yes = (t: Translate, value: boolean) => t(value ? 'import.yes' : 'import.no')
const list = (t: Translate, codes: readonly string[]) => (codes.length === 0 ? t('import.none') : codes.join(', '))

function offerCells({ offer, rules }: WholeOffer, t: Translate, decimal: (text: string) => string): Cells {
  const unit = `unit.${offer.unit}`
  return {
    title: offer.title,
    description: offer.description,
    status: t(`status.${offer.status as 'draft' | 'published'}`),
    provider: offer.provider ?? t('import.none'),
    address: offer.address ?? '',
    locality: offer.locality ?? '',
    delivery_mode: offer.delivery_mode,
    target_groups: list(t, offer.target_groups),
    languages: offer.languages.join(', '),
    accessibility: list(t, offer.accessibility),
    unit: isTextKey(unit) ? t(unit) : offer.unit,
    departure_day_charged: yes(t, rules.departure_day_charged),
    absence: writeAbsence(rules.absence, t, decimal),
    frees_bed: writeFreesBed(offer.frees_bed, t),
    in_turn: yes(t, offer.in_turn),
    surcharges: writeSurcharges(rules.surcharges, t, decimal),
    no_show_percent: decimal(rules.no_show_percent),
    minimum_per_month: rules.minimum_per_month === null ? t('import.none') : decimal(rules.minimum_per_month),
    vat: rules.vat.category === 'E' ? t('import.exempt') : decimal(rules.vat.rate),
  }
}

function priceCells(price: PriceRow, t: Translate, decimal: (text: string) => string): Cells {
  const { unit_price, price_class, valid_from, valid_to, tiers, decision, made_up } = price
  return {
    price: decimal(unit_price),
    price_class: price_class ?? '',
    price_from: valid_from,
    price_to: valid_to ?? '',
    tiers: writeTiers(tiers, decimal),
    decision: decision ?? '',
    made_up: yes(t, made_up),
  }
}

/** UTF-8 with a byte order mark and semicolons, as spreadsheets here expect it. */
export function catalogueCsv(catalogue: readonly WholeOffer[], language: Language): string {
  const t = translator(language)
  const lines = [
    columns.map((name) => t(`import.column.${name}`)),
    ...rowsOf(catalogue, language).map((cells) => columns.map((name) => cells[name] ?? '')),
  ]
  return `\ufeff${lines.map((cells) => `${cells.map(csvCell).join(';')}\r\n`).join('')}`
}

/** A text that a spreadsheet would run as a formula is kept a text by an apostrophe in front of it; reading takes it away. */
function csvCell(text: string): string {
  const safe = /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[";\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const dates = new Set<ImportColumn>(['price_from', 'price_to', 'places_from', 'places_to'])
const numbers = new Set<ImportColumn>(['price', 'places'])

/** A workbook of one sheet, with real dates and numbers. */
export async function catalogueXlsx(catalogue: readonly WholeOffer[], language: Language): Promise<Blob> {
  const t = translator(language)
  const head: Cell[] = columns.map((name) => ({
    value: t(`import.column.${name}`),
    type: String,
    fontWeight: 'bold',
  }))
  const body = rowsOf(catalogue, language).map((cells) => columns.map((name) => xlsxCell(name, cells[name] ?? '')))
  const data: SheetData = [head, ...body]
  return writeXlsxFile(data, {
    columns: columns.map((name) => ({ width: name === 'title' || name === 'description' ? 40 : 18 })),
    sheet: t('catalogue.own'),
    stickyRowsCount: 1,
    dateFormat: 'dd.mm.yyyy',
  }).toBlob()
}

/** A spreadsheet knows only binary numbers: a figure with more digits than are safe stays a text. */
function xlsxCell(name: ImportColumn, text: string): Cell {
  if (text === '') return null
  if (dates.has(name)) return { value: new Date(`${text}T00:00:00Z`), type: Date, format: 'dd.mm.yyyy' }
  const figure = text.replace(',', '.')
  if (numbers.has(name) && /^\d{1,9}(\.\d{1,4})?$/.test(figure)) return { value: Number(figure), type: Number }
  return { value: text, type: String }
}
