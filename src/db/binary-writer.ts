/**
 * Rows into COPY in PostgreSQL's binary format: each row is the number of its fields, and each field its length and bytes. The
 * server then reads no text, and the program makes none: a close writes hundreds of thousands of rows.
 */
import type { BulkTable, Row, Value } from './bulk.ts'

/** What a COPY begins with (signature, flags, no extension) and ends with. */
export const copyHeader = Buffer.from('5047434f50590aff0d0a000000000000000000', 'hex')
export const copyTrailer = Buffer.from('ffff', 'hex')

const pieceBytes = 1 << 17
const null32 = -1

/** Writes the rows of one table into pieces of bytes. */
export class BinaryWriter {
  readonly #columns: readonly Encode[]
  readonly #pieces: Buffer[] = []
  #bytes = Buffer.allocUnsafe(pieceBytes)
  #at = 0

  constructor(table: BulkTable) {
    this.#columns = table.columns.map(([, type]) => encoderOf(type))
  }

  add(row: Row): void {
    if (row.length !== this.#columns.length)
      throw new Error(`a row of ${row.length} for ${this.#columns.length} columns`)
    this.#room(2 + row.length * fixedBytes)
    this.#at = this.#bytes.writeInt16BE(row.length, this.#at)
    for (let index = 0; index < row.length; index++) {
      const value = row[index]!
      if (value === null) {
        this.#at = this.#bytes.writeInt32BE(null32, this.#at)
        continue
      }
      const encode = this.#columns[index]!
      if (typeof value === 'string' && value.length > shortText)
        this.#room(value.length * 3 + (row.length - index) * fixedBytes)
      const length = encode(this.#bytes, this.#at + 4, value)
      this.#bytes.writeInt32BE(length, this.#at)
      this.#at += 4 + length
    }
  }

  /** The pieces that are full; they are the caller's from then on. */
  full(): Buffer[] {
    return this.#pieces.splice(0)
  }

  /** All that was written since the last time. */
  rest(): Buffer[] {
    if (this.#at > 0) this.#put()
    return this.full()
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return
    this.#grow(bytes)
  }

  /** A row that does not fit any more goes on in a new piece: a field never lies in two. */
  #grow(bytes: number): void {
    if (this.#at > 0) this.#put()
    if (bytes > this.#bytes.length) this.#bytes = Buffer.allocUnsafe(bytes)
  }

  #put(): void {
    this.#pieces.push(this.#bytes.subarray(0, this.#at))
    this.#bytes = Buffer.allocUnsafe(pieceBytes)
    this.#at = 0
  }
}

/** A text up to this length has room already; so has every value of another type. */
const shortText = 64
/** Room that is kept for each field of a row: its length, and the longest value that has not asked for more. */
const fixedBytes = 4 + 3 * shortText + 16

/** Writes a value at a place and says how many bytes it took. */
type Encode = (bytes: Buffer, at: number, value: NonNullable<Value>) => number

function encoderOf(type: string): Encode {
  if (type === 'uuid') return uuidEncoder()
  if (type === 'int') return (bytes, at, value) => bytes.writeInt32BE(Number(value), at) - at
  if (type === 'numeric') return (bytes, at, value) => writeNumeric(bytes, at, String(value))
  if (type === 'text' || type === 'json') return (bytes, at, value) => writeText(bytes, at, String(value))
  if (type === 'jsonb') return (bytes, at, value) => 1 + writeText(bytes, bytes.writeUInt8(1, at), String(value))
  if (type === 'date')
    return (bytes, at, value) => bytes.writeInt32BE(Date.parse(String(value)) / 86_400_000 - 10_957, at) - at
  if (type === 'timestamptz') return (bytes, at, value) => bytes.writeBigInt64BE(microseconds(String(value)), at) - at
  throw new Error(`rows in bulk have no ${type} yet`)
}

const millisecondsTo2000 = 946_684_800_000

function microseconds(moment: string): bigint {
  const milliseconds = Date.parse(moment)
  if (Number.isNaN(milliseconds)) throw new RangeError(`not a moment: ${moment}`)
  return BigInt(milliseconds - millisecondsTo2000) * 1000n
}

/** Short texts are nearly always plain letters and digits. */
function writeText(bytes: Buffer, at: number, text: string): number {
  if (text.length > shortText) return bytes.write(text, at)
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 127) return bytes.write(text, at)
    bytes[at + index] = code
  }
  return text.length
}

/** Many ids in a row are those of the row before. */
function uuidEncoder(): Encode {
  let last: Value = null
  const known = new Uint8Array(16)
  return (bytes, at, value) => {
    if (value !== last) {
      readUuid(known, String(value))
      last = value
    }
    for (let index = 0; index < 16; index++) bytes[at + index] = known[index]!
    return 16
  }
}

const places = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34]
const nibbles = new Uint8Array(128).fill(255)
for (let digit = 0; digit < 16; digit++) {
  nibbles[digit.toString(16).charCodeAt(0)] = digit
  nibbles[digit.toString(16).toUpperCase().charCodeAt(0)] = digit
}

function readUuid(into: Uint8Array, text: string): void {
  let wrong = text.length === 36 ? 0 : 255
  for (let index = 0; index < 16; index++) {
    const place = places[index]!
    const [high, low] = [nibbles[text.charCodeAt(place) & 127]!, nibbles[text.charCodeAt(place + 1) & 127]!]
    wrong |= (high | low) & 240
    into[index] = (high << 4) | low
  }
  if (wrong !== 0) throw new RangeError(`not an id: ${text}`)
}

const zero = 48

/** A numeric: groups of four digits before and after the point; the scale is that of the text. */
function writeNumeric(bytes: Buffer, at: number, text: string): number {
  const negative = text.charCodeAt(0) === 45
  const first = negative ? 1 : 0
  const dot = text.indexOf('.')
  const whole = dot < 0 ? text.length : dot
  const scale = dot < 0 ? 0 : text.length - dot - 1
  const before = Math.ceil((whole - first) / 4)
  const after = Math.ceil(scale / 4)
  if (whole === first || (dot >= 0 && scale === 0) || before + after > 30_000)
    throw new RangeError(`not a number: ${text}`)
  let to = at + 8
  for (let group = 0; group < before; group++) {
    const end = whole - (before - 1 - group) * 4
    to = bytes.writeInt16BE(digits(text, Math.max(first, end - 4), end), to)
  }
  for (let group = 0; group < after; group++) {
    const from = dot + 1 + group * 4
    const end = Math.min(from + 4, text.length)
    to = bytes.writeInt16BE(digits(text, from, end) * 10 ** (4 - (end - from)), to)
  }
  bytes.writeInt16BE(before + after, at)
  bytes.writeInt16BE(before - 1, at + 2)
  bytes.writeUInt16BE(negative ? 0x4000 : 0, at + 4)
  bytes.writeInt16BE(scale, at + 6)
  return to - at
}

function digits(text: string, from: number, to: number): number {
  let number = 0
  for (let index = from; index < to; index++) {
    const digit = text.charCodeAt(index) - zero
    if (digit < 0 || digit > 9) throw new RangeError(`not a number: ${text}`)
    number = number * 10 + digit
  }
  return number
}
