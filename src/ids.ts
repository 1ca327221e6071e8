/** Identifiers: UUID version 7 (RFC 9562), so that ids made later sort later and the order recorded is the order of ids. */
let lastMillisecond = 0
let counter = 0

/**
 * A new id. Ids of one process never go back in order, also within one millisecond: the twelve bits after the
 * version count up, and the millisecond is carried on when they are used up (RFC 9562, 6.2, method 1).
 */
export function newId(): string {
  const now = Date.now()
  if (now > lastMillisecond) {
    lastMillisecond = now
    counter = crypto.getRandomValues(new Uint16Array(1))[0]! & 0x3ff
  } else {
    counter += 1
    if (counter > 0xfff) {
      lastMillisecond += 1
      counter = 0
    }
  }
  if (lastMillisecond !== timeOfText) {
    const time = lastMillisecond.toString(16).padStart(12, '0')
    timeText = `${time.slice(0, 8)}-${time.slice(8)}-7`
    timeOfText = lastMillisecond
  }
  const at = takeRandom()
  const variant = hex[(pool[at]! & 0x3f) | 0x80]!
  const tail = hex[pool[at + 2]!]! + hex[pool[at + 3]!]! + hex[pool[at + 4]!]! + hex[pool[at + 5]!]!
  const end = tail + hex[pool[at + 6]!]! + hex[pool[at + 7]!]!
  return `${timeText}${hex[counter >> 8]![1]}${hex[counter & 0xff]!}-${variant}${hex[pool[at + 1]!]!}-${end}`
}

let timeText = ''
let timeOfText = -1
const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Random bytes are asked for many at once: a close takes hundreds of thousands of ids. */
const pool = new Uint8Array(8192)
let used = pool.length

function takeRandom(): number {
  if (used === pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  used += 8
  return used - 8
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** True where `text` is an id in form; anything else is answered as not found before the database is asked. */
export function isId(text: string): boolean {
  return uuid.test(text)
}
