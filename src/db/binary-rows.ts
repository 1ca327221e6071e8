/**
 * Rows out of COPY in PostgreSQL's binary format: each row is the number of its fields, and each field its length and bytes.
 * Values that come again and again (dates, ids, JSON) are made once and shared, so nobody may change them.
 */
import type { PlainDate } from '../calendar.ts'

const [headerBytes, endOfRows] = [19, -1]

/** The types whose values a record may hold, by their numbers in `pg_type`. */
const type = {
  bool: 16,
  int8: 20,
  int4: 23,
  json: 114,
  texts: 1009,
  date: 1082,
  numeric: 1700,
  uuid: 2950,
  jsonb: 3802,
}

/** How many values of a kind are remembered: enough for what repeats, little enough to forget about. */
const remembered = 4000

export class BinaryRows {
  #bytes: Buffer = Buffer.alloc(0)
  /** where the next row begins */
  #at = 0
  #begun = false
  readonly #starts: Int32Array
  readonly #lengths: Int32Array
  readonly #dates = new Map<number, PlainDate>()
  readonly #uuids = new Map<string, string>()
  readonly #json = new Map<string, unknown>()

  /** @param columns how many fields each row has */
  constructor(columns: number) {
    this.#starts = new Int32Array(columns)
    this.#lengths = new Int32Array(columns)
  }

  /** Goes on with these bytes, whatever pieces they arrive in. */
  take(chunk: Buffer): void {
    this.#bytes = this.#at < this.#bytes.length ? Buffer.concat([this.#bytes.subarray(this.#at), chunk]) : chunk
    this.#at = 0
    if (this.#begun || this.#bytes.length < headerBytes) return
    this.#at = headerBytes
    this.#begun = true
  }

  /** Whether there is a next row, whose fields can then be asked for; false where its bytes have not all arrived. */
  next(): boolean {
    const bytes = this.#bytes
    let at = this.#at
    if (!this.#begun || at + 2 > bytes.length || bytes.readInt16BE(at) === endOfRows) return false
    at += 2
    for (let field = 0; field < this.#starts.length; field++) {
      if (at + 4 > bytes.length) return false
      const length = bytes.readInt32BE(at)
      at += 4
      this.#starts[field] = at
      this.#lengths[field] = length
      if (length < 0) continue
      at += length
      if (at > bytes.length) return false
    }
    this.#at = at
    return true
  }

  isNull(field: number): boolean {
    return this.#lengths[field]! < 0
  }

  int(field: number): number {
    return this.#bytes.readInt32BE(this.#starts[field]!)
  }

  /** The bytes of a field as they are, one to a character: the quickest key there is. */
  latin1(field: number): string {
    return this.#bytes.toString('latin1', this.#starts[field]!, this.#starts[field]! + this.#lengths[field]!)
  }

  uuid(field: number): string {
    return uuidAt(this.#bytes, this.#starts[field]!)
  }

  date(field: number): PlainDate {
    return this.#dateAt(this.#starts[field]!)
  }

  numeric(field: number): string {
    return numericAt(this.#bytes, this.#starts[field]!)
  }

  /** The values of a record, each by its own type. */
  record(field: number): unknown[] {
    const bytes = this.#bytes
    let at = this.#starts[field]!
    const values = new Array<unknown>(bytes.readInt32BE(at))
    at += 4
    for (let index = 0; index < values.length; index++) {
      const length = bytes.readInt32BE(at + 4)
      values[index] = length < 0 ? null : this.#valueAt(bytes.readInt32BE(at), at + 8, length)
      at += 8 + Math.max(length, 0)
    }
    return values
  }

  #valueAt(of: number, at: number, length: number): unknown {
    const bytes = this.#bytes
    switch (of) {
      case type.uuid:
        return this.#sharedUuid(at)
      case type.date:
        return this.#dateAt(at)
      case type.int4:
        return bytes.readInt32BE(at)
      case type.bool:
        return bytes[at] === 1
      case type.numeric:
        return numericAt(bytes, at)
      case type.json:
        return this.#sharedJson(bytes.toString('utf8', at, at + length))
      case type.jsonb:
        return this.#sharedJson(bytes.toString('utf8', at + 1, at + length)) // after its version
      case type.texts:
        return textsAt(bytes, at)
      default:
        return bytes.toString('utf8', at, at + length)
    }
  }

  #dateAt(at: number): PlainDate {
    const days = this.#bytes.readInt32BE(at)
    let date = this.#dates.get(days)
    if (date === undefined) {
      date = new Date((days + 10_957) * 86_400_000).toISOString().slice(0, 10) as PlainDate
      this.#dates.set(days, date)
    }
    return date
  }

  #sharedUuid(at: number): string {
    const key = this.#bytes.toString('latin1', at, at + 16)
    let uuid = this.#uuids.get(key)
    if (uuid === undefined) {
      uuid = uuidAt(this.#bytes, at)
      if (this.#uuids.size >= remembered) this.#uuids.clear()
      this.#uuids.set(key, uuid)
    }
    return uuid
  }

  #sharedJson(text: string): unknown {
    let value = this.#json.get(text)
    if (value === undefined) {
      value = JSON.parse(text)
      if (this.#json.size >= remembered) this.#json.clear()
      this.#json.set(text, value)
    }
    return value
  }
}

const uuidText = Buffer.alloc(36, '-')
const hexDigits = Buffer.from('0123456789abcdef')

/** Written as bytes first: five pieces of text put together cost several times as much. */
function uuidAt(bytes: Buffer, at: number): string {
  let to = 0
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) to += 1
    const byte = bytes[at + index]!
    uuidText[to++] = hexDigits[byte >> 4]!
    uuidText[to++] = hexDigits[byte & 15]!
  }
  return uuidText.toString('latin1')
}

const smallNumbers = Array.from({ length: 100 }, (_, number) => String(number))

/** A numeric: groups of four digits, the first of weight 10000^weight; `scale` digits stand after the point. */
function numericAt(bytes: Buffer, at: number): string {
  const groups = bytes.readInt16BE(at)
  const weight = bytes.readInt16BE(at + 2)
  const sign = bytes.readInt16BE(at + 4) === 0 ? '' : '-'
  const scale = bytes.readInt16BE(at + 6)
  if (sign === '' && weight === 0 && groups <= 2 && scale <= 4) {
    const whole = bytes.readInt16BE(at + 8)
    if (scale === 0) return smallNumbers[whole] ?? String(whole)
    const decimals = groups === 1 ? 10_000 : 10_000 + bytes.readInt16BE(at + 10)
    return `${whole}.${String(decimals).slice(1, 1 + scale)}`
  }
  const group = (index: number) =>
    index < 0 || index >= groups ? '0000' : String(bytes.readInt16BE(at + 8 + 2 * index)).padStart(4, '0')
  let [whole, decimals] = ['', '']
  for (let power = Math.max(0, weight); power >= 0; power--) whole += group(weight - power)
  for (let power = -1; decimals.length < scale; power--) decimals += group(weight - power)
  whole = whole.replace(/^0+(?=.)/, '')
  return scale === 0 ? sign + whole : `${sign}${whole}.${decimals.slice(0, scale)}`
}

/** An array of texts with one dimension; an empty one has none. */
function textsAt(bytes: Buffer, start: number): string[] {
  if (bytes.readInt32BE(start) === 0) return []
  const texts = new Array<string>(bytes.readInt32BE(start + 12))
  let at = start + 20
  for (let index = 0; index < texts.length; index++) {
    const length = bytes.readInt32BE(at)
    texts[index] = bytes.toString('utf8', at + 4, at + 4 + length)
    at += 4 + length
  }
  return texts
}
