import type { Language } from './define-texts.ts'
import { isTextKey, type TextKey, type Translate, translator } from './texts.ts'

/**
 * How figures and dates look to a reader. Decimals come in and go out as strings and are never turned into binary
 * floating point; nothing here rounds: a figure with more decimals than usual shows them all.
 */
export type Format = {
  /** '2026-11-23' → 23.11.2026. / 23 Nov 2026 */
  date(date: string): string
  /** '2026-11-23' → 2026. gada 23. novembris / 23 November 2026 */
  dateLong(date: string): string
  /** '2026-11-23' → 23. novembris / 23 November */
  dayAndMonth(date: string): string
  /** 1 (Monday) … 7 (Sunday) → pirmdiena */
  weekday(date: string): string
  /** both ends inclusive; an open end is null */
  period(from: string, to: string | null): string
  /** '2026-03' → 2026. gada marts / March 2026 */
  month(month: string): string
  /** '2026-03' → marts 2026 short enough for a column or a chart */
  monthShort(month: string): string
  /** an instant, as the clock on the wall in Latvia showed it: 23.11.2026. 14:05 */
  instant(at: string | Date): string
  /** '1234.50' → 1 234,50 € */
  money(amount: string): string
  /** like money, with as many decimals as the price has: '0.1234' → 0,1234 € */
  unitPrice(price: string): string
  /** with its unit: 23,45 € par diennakti */
  pricePer(price: string, unit: string): string
  /** '2.5000' → 2,5 */
  quantity(quantity: string | number): string
  /** with its unit: 2,5 stundas */
  quantityOf(quantity: string | number, unit: string): string
  /** '85' → 85 % */
  percent(percent: string): string
  /** for Array.sort: names in Latvian order, numbers inside names by value */
  compare(a: string, b: string): number
}

const noBreak = '\u00a0'
const minus = '\u2212'

const formats: Record<Language, Format> = { lv: formatOf('lv', liveWords('lv')), en: formatOf('en', liveWords('en')) }

export function formatFor(language: Language): Format {
  return formats[language]
}

/** The words that figures are written with; `knows` tells whether there is one of a key. */
export type FormatWords = { t: Translate; knows(key: string): boolean }

function liveWords(language: Language): FormatWords {
  return { t: translator(language), knows: isTextKey }
}

/** The same with other words, for documents that keep theirs. */
export function formatOf(language: Language, { t, knows }: FormatWords): Format {
  const collator = new Intl.Collator('lv', { numeric: true, sensitivity: 'variant' })
  const decimal = (text: string, least: number) => groupedDecimal(text, least, language)
  const euro = (text: string) => {
    const [sign, figure] = signAndFigure(decimal(text, 2))
    return language === 'lv' ? `${sign}${figure}${noBreak}€` : `${sign}€${figure}`
  }
  const dateParts = (date: string) => {
    const [year, month, day] = partsOfDate(date)
    return {
      year,
      day: String(Number(day)),
      day2: day,
      month2: month,
      month: t(monthKey(month)),
      month_short: t(`month.short.${Number(month)}` as TextKey),
    }
  }
  const format: Format = {
    date: (date) => t('date.numeric', dateParts(date)),
    dateLong: (date) => t('date.long', dateParts(date)),
    dayAndMonth: (date) => t('date.day_and_month', dateParts(date)),
    weekday: (date) => t(`weekday.${weekdayOf(date)}` as TextKey),
    period: (from, to) =>
      to === null
        ? t('common.since', { date: format.date(from) })
        : from === to
          ? format.date(from)
          : `${format.date(from)} – ${format.date(to)}`,
    month: (month) => {
      const [year, number] = partsOfMonth(month)
      return t('month.of_year', { year, month: t(monthKey(number)) })
    },
    monthShort: (month) => {
      const [year, number] = partsOfMonth(month)
      return `${t(`month.short.${Number(number)}` as TextKey)}${noBreak}${year}`
    },
    instant: (at) => {
      const [date, time] = inRiga(at)
      return `${format.date(date)}${noBreak}${time}`
    },
    money: euro,
    unitPrice: euro,
    pricePer: (price, unit) => {
      const key = `unit_price.${unit}`
      return knows(key) ? t(key as TextKey, { price: euro(price) }) : `${euro(price)} / ${unit}`
    },
    quantity: (quantity) => decimal(String(quantity), 0),
    quantityOf: (quantity, unit) => {
      const key = `unit_count.${unit}`
      // The number only chooses the plural form here; the figure shown is the exact string.
      const word = knows(key) ? t(key as TextKey, { count: Math.abs(Number(quantity)) }) : unit
      return `${decimal(String(quantity), 0)}${noBreak}${word}`
    },
    percent: (percent) => `${decimal(percent, 0)}${language === 'lv' ? noBreak : ''}%`,
    compare: collator.compare,
  }
  return format
}

/** '-1234.5000' with at least two decimals → '−1 234,50' */
function groupedDecimal(text: string, leastDecimals: number, language: Language): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (match === null) throw new Error(`a decimal must be written as digits and a point, not ${JSON.stringify(text)}`)
  const [, sign = '', whole = '', fraction = ''] = match
  const decimals = fraction.replace(/0+$/, '').padEnd(leastDecimals, '0')
  const grouped = whole.replace(/^0+(?=\d)/, '').replace(/\B(?=(\d{3})+$)/g, language === 'lv' ? noBreak : ',')
  const isZero = /^0*$/.test(whole + fraction)
  const point = language === 'lv' ? ',' : '.'
  return `${sign === '-' && !isZero ? minus : ''}${grouped}${decimals === '' ? '' : point + decimals}`
}

function signAndFigure(text: string): [string, string] {
  return text.startsWith(minus) ? [minus, text.slice(1)] : ['', text]
}

function partsOfDate(date: string): [string, string, string] {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date)
  if (match === null) throw new Error(`a date must look like 2026-03-31, not ${JSON.stringify(date)}`)
  return [match[1]!, match[2]!, match[3]!]
}

function partsOfMonth(month: string): [string, string] {
  const match = /^(\d{4})-(\d{2})$/.exec(month)
  if (match === null) throw new Error(`a month must look like 2026-03, not ${JSON.stringify(month)}`)
  return [match[1]!, match[2]!]
}

function monthKey(number: string): TextKey {
  return `month.${Number(number)}` as TextKey
}

/** 1 is Monday, 7 is Sunday. */
export function weekdayOf(date: string): number {
  const [year, month, day] = partsOfDate(date)
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDay() || 7
}

const rigaClock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Riga',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

function inRiga(at: string | Date): [string, string] {
  const parts = new Map(rigaClock.formatToParts(new Date(at)).map((part) => [part.type, part.value]))
  return [
    `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`,
    `${parts.get('hour')}:${parts.get('minute')}`,
  ]
}
