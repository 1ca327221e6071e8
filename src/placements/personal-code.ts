/**
 * The Latvian personal code. Until June 2017 it was `DDMMYY-CNNNK`: the date of birth, the century (0: 18.., 1: 19.., 2: 20..),
 * a number and a check digit. Since then codes begin with 32, which is no day, and say nothing: there only the form is checked.
 */
import { isPlainDate } from '../calendar.ts'

const form = /^(\d{6})-?(\d{5})$/
const weights = [10, 5, 8, 4, 2, 1, 6, 3, 7, 9]

/** The code as it is kept, `161175-19997`, also where it was typed without its dash; null where it is no personal code. */
export function readPersonalCode(typed: string): string | null {
  const match = form.exec(typed.replace(/\s/g, ''))
  if (match === null) return null
  const digits = `${match[1]}${match[2]}`
  if (!digits.startsWith('32') && !(hasBirthDate(digits) && hasCheckDigit(digits))) return null
  return `${match[1]}-${match[2]}`
}

function hasBirthDate(digits: string): boolean {
  const century = { '0': '18', '1': '19', '2': '20' }[digits.charAt(6)]
  return isPlainDate(`${century}${digits.slice(4, 6)}-${digits.slice(2, 4)}-${digits.slice(0, 2)}`)
}

function hasCheckDigit(digits: string): boolean {
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits.charAt(index)), 1)
  return (sum % 11) % 10 === Number(digits.charAt(10))
}
