/**
 * What people type into forms, turned into the strings the rest of the product speaks: '1234.50', '2026-03-31', '2026-03'.
 * Null means "cannot be read": the form then says so beside the field.
 */

/** '12,50', '12.50', '1 234,50', '1.234,50', '1,234.50', '1 234,50 €' → '1234.50' */
export function parseDecimalInput(text: string): string | null {
  const bare = text
    .replace(/€|EUR/i, '')
    .replace(/\u2212/g, '-')
    .trim()
  const match = /^([+-]?)(\d[\d\s.,']*)$/u.exec(bare)
  if (match === null) return null
  const figure = splitFigure(match[2]!)
  if (figure === null) return null
  const [whole, fraction] = figure
  const digits = whole.replace(/^0+(?=\d)/, '')
  const value = fraction === '' ? digits : `${digits}.${fraction}`
  return match[1] === '-' && /[1-9]/.test(value) ? `-${value}` : value
}

function splitFigure(text: string): [string, string] | null {
  const separators = text.match(/[.,]/g) ?? []
  const last = separators.at(-1)
  // One kind of separator used several times, or one followed by another, groups thousands; otherwise it is the decimal sign.
  const groups = separators.slice(0, -1)
  if (last === undefined) return grouped(text, /[\s']/, '')
  if (groups.length === 0) {
    const at = text.indexOf(last)
    return grouped(text.slice(0, at), /[\s']/, text.slice(at + 1))
  }
  if (new Set(groups).size > 1) return null
  if (groups[0] === last) return grouped(text, last === '.' ? /\./ : /,/, '')
  const at = text.lastIndexOf(last)
  return grouped(text.slice(0, at), groups[0] === '.' ? /\./ : /,/, text.slice(at + 1))
}

function grouped(whole: string, separator: RegExp, fraction: string): [string, string] | null {
  const [first = '', ...rest] = whole.split(separator)
  const groupsOfThree = rest.every((part) => /^\d{3}$/.test(part)) && (rest.length === 0 || first.length <= 3)
  if (!/^\d+$/.test(first) || !groupsOfThree || !/^\d*$/.test(fraction)) return null
  return [first + rest.join(''), fraction]
}

/** '2026-03-31', '31.03.2026.', '31.3.2026' → '2026-03-31'; a date that does not exist is null. */
export function parseDateInput(text: string): string | null {
  const bare = text.trim()
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(bare)
  const latvian = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\.?$/.exec(bare)
  const [year, month, day] = iso
    ? [iso[1]!, iso[2]!, iso[3]!]
    : latvian
      ? [latvian[3]!, latvian[2]!.padStart(2, '0'), latvian[1]!.padStart(2, '0')]
      : ['', '', '']
  const date = `${year}-${month}-${day}`
  const read = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(read.getTime()) && read.toISOString().slice(0, 10) === date ? date : null
}

/** '2026-03', '03.2026', '3.2026.' → '2026-03' */
export function parseMonthInput(text: string): string | null {
  const bare = text.trim()
  const iso = /^(\d{4})-(\d{2})$/.exec(bare)
  const latvian = /^(\d{1,2})\.(\d{4})\.?$/.exec(bare)
  const month = iso ? bare : latvian ? `${latvian[2]}-${latvian[1]!.padStart(2, '0')}` : null
  return month !== null && /-(0[1-9]|1[0-2])$/.test(month) ? month : null
}
