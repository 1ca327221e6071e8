/** Under which names of municipalities that merged something stands. */
import type { View } from '../ui/view.ts'
import type { Owed } from './balance.ts'

/** Empty where it stands under the present names. What was frozen before there were mergers has none. */
export function oldNames({ t }: Pick<View, 't'>, row: Partial<Pick<Owed, 'our_name' | 'their_name'>>): string {
  const names = [row.our_name, row.their_name].flatMap((name) => (name ? [name] : []))
  return names.length === 0 ? '' : t('balance.old_name', { names: names.join(', ') })
}
