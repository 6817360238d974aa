/** Inter (SIL Open Font License): Latin, Greek and Cyrillic. Data modules beside the Worker's code, see wrangler.toml. */
import regular from "@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf";
import bold from "@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf";

export const invoiceFonts = { regular, bold };
