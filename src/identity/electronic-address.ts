/** Where an e-invoice is delivered: an identifier and the code list it is from (EAS, the electronic address schemes of the CEF). */
import { isRegistrationNumber } from './registration-number.ts'

/** The Latvian Register of Enterprises, and Latvian VAT numbers: the two a municipality is usually registered with. */
export const registerScheme = '0218'
export const vatScheme = '9939'
const locationScheme = '0088'

/** The schemes that have a name in the form; the API takes every one of the list. */
export const namedSchemes = [registerScheme, vatScheme, locationScheme] as const

/** The codes as EN 16931 allows them in an e-invoice (edition of 2026). */
const schemes = new Set(
  [
    '0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 0170 0177 0183 0184 0188 0190 0191',
    '0192 0193 0194 0195 0196 0198 0199 0200 0201 0202 0203 0204 0205 0208 0209 0210 0211 0212 0213 0215 0216 0217 0218',
    '0219 0220 0221 0225 0230 0235 0240 0242 0244 0245 0246 0248 9910 9913 9914 9915 9918 9919 9920 9922 9923 9924 9925',
    '9926 9927 9928 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945 9946 9947 9948',
    '9949 9950 9951 9952 9953 9957 9959 AN AQ AS AU EM',
  ].flatMap((line) => line.split(' ')),
)

/** Whether a code is one of the list. */
export function isAddressScheme(code: string): boolean {
  return schemes.has(code)
}

/** Whether an identifier is written as its scheme wants it; of schemes not known here only that it is one word. */
export function isAddressIn(scheme: string, identifier: string): boolean {
  if (scheme === registerScheme) return isRegistrationNumber(identifier)
  if (scheme === vatScheme) return isVatNumber(identifier)
  if (scheme === locationScheme) return isLocationNumber(identifier)
  return /^[\p{L}\p{N}._:@/+-]{1,60}$/u.test(identifier)
}

/** Whether a number is the VAT number of a Latvian legal entity: `LV` and its registration number, whose last digit checks it. */
export function isVatNumber(number: string): boolean {
  return number.startsWith('LV') && isRegistrationNumber(number.slice(2))
}

/** GLN: thirteen digits, the last of which checks the others. */
function isLocationNumber(number: string): boolean {
  if (!/^\d{13}$/.test(number)) return false
  return [...number].reduce((sum, digit, place) => sum + Number(digit) * (place % 2 === 0 ? 1 : 3), 0) % 10 === 0
}
