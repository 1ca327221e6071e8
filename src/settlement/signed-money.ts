import type { View } from '../ui/view.ts'

/** `+12,50 €`: a difference says which way it goes. */
export function signedMoney(difference: string, { format }: View): string {
  return /^-|^0\.00$/.test(difference) ? format.money(difference) : `+${format.money(difference)}`
}
