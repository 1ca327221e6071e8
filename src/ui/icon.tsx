/** Line icons on a 16 by 16 grid. They are always decoration beside a text, so they are hidden from screen readers. */
const paths = {
  home: 'M2.5 7.5 8 3l5.5 4.5M4 6.5V13h3V9.5h2V13h3V6.5',
  catalogue: 'M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z',
  agreements: 'M3.5 2.5h6l3 3v8h-9zM9.5 2.5v3h3M5.500 8h5M5.500 10.500h2.500',
  netting: 'M2.500 5.500h9M9 3l2.500 2.500L9 8M13.500 10.500h-9M7 8l-2.500 2.500L7 13',
  balances: 'M8 3v10M5.500 13h5M3 5h10M3 5l-1.500 4h3zM13 5l-1.500 4h3z',
  messages: 'M2.500 3h11v8H7l-3 2.500V11H2.500zM5 6h6M5 8.500h4',
  referrals: 'M2.5 4h11v8h-11zM2.5 4.5 8 9l5.5-4.5',
  placements:
    'M8 14s4.5-4 4.5-7.5a4.5 4.5 0 0 0-9 0C3.500 10 8 14 8 14ZM8 8.200a1.700 1.700 0 1 0 0-3.400 1.700 1.700 0 0 0 0 3.400',
  deliveries: 'M3 3.500h10v10H3zM3 6.500h10M6 2v2.500M10 2v2.500M5.500 10l1.700 1.500 3-3',
  ledger:
    'M8 4.500C6.500 3.300 4.500 3 2.500 3v9.500c2 0 4 .3 5.500 1.500M8 4.500C9.500 3.300 11.500 3 13.500 3v9.500c-2 0-4 .3-5.500 1.500zM8 4.500V14',
  months: 'M3 2.500h10v11H3zM5.500 5.500h5M5.500 8h5M5.500 10.500h2M9.500 10.500h1',
  invoices: 'M4 2.500h8v11l-2-1.200-2 1.200-2-1.200-2 1.200zM6 5.500h4M6 8h4',
  payments: 'M2 4.500h12v7.500H2zM2 7h12M4.500 10h3',
  organisations: 'M2.500 13.500h11M4 13V6.500M7 13V6.500M9 13V6.500M12 13V6.500M2.500 6.500 8 2.500l5.500 4z',
  people:
    'M6 7.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM1.800 13.500c0-2.500 1.800-4 4.200-4s4.200 1.500 4.200 4M10.500 3a2.300 2.300 0 0 1 0 4.300M11.500 9.700c1.700.4 2.700 1.800 2.700 3.800',
  tokens: 'M6.500 8.500a3 3 0 1 1 1-1l5 5v1.500H10V12H8.500v-1.500zM5 5h.01',
  audit: 'M8 4.500V8l2.500 1.500M3 8a5 5 0 1 0 1.600-3.700L3 6M3 3v3h3',
  api: 'm5.500 4.500-3.500 3.500 3.500 3.500M10.500 4.500 14 8l-3.500 3.500',
  check: 'm3 8.500 3.200 3L13 4.500',
  cross: 'm4 4 8 8M12 4l-8 8',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.500V8l2.500 1.500',
  dot: 'M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  warning: 'M8 2.500 14.500 13.500h-13zM8 6.500v3.300M8 11.700h.01',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.500v3.500M8 5h.01',
  down: 'm4 6 4 4 4-4',
  left: 'm10 3.500-4.500 4.500 4.500 4.500',
  right: 'm6 3.500 4.500 4.500L6 12.500',
  menu: 'M2.500 4.500h11M2.500 8h11M2.500 11.500h11',
  plus: 'M8 3v10M3 8h10',
  search: 'M7 11.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9ZM10.500 10.500l3.500 3.500',
  download: 'M8 2.500v7.500M4.500 7 8 10.500 11.500 7M3 13.500h10',
  print: 'M4.500 6V2.500h7V6M4.500 11.500h-2V6h11v5.500h-2M4.500 9.500h7v4h-7z',
  person: 'M8 8a2.800 2.800 0 1 0 0-5.600A2.800 2.800 0 0 0 8 8ZM3 14c0-2.800 2.200-4.500 5-4.500s5 1.700 5 4.500',
  pencil: 'm3 13 .7-3L10.500 3.200l2.300 2.300L6 12.300z',
  half: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 2v12',
} as const

export type IconName = keyof typeof paths

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  )
}
