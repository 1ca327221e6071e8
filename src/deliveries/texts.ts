import { defineTexts } from '../ui/define-texts.ts'

/** What was given and who was away: sheets, absences, files. */
export const deliveryTexts = defineTexts(
  {
    'validation.too_many_items': 'Vienā reizē ne vairāk kā {maximum} ierakstu',
    'deliveries.changed_meanwhile': 'Šo dienu kāds cits tikmēr ir mainījis. Atveriet tabeli no jauna.',
  },
  {
    'validation.too_many_items': 'At most {maximum} records at once',
    'deliveries.changed_meanwhile': 'Somebody else changed this day meanwhile. Open the sheet again.',
  },
)
