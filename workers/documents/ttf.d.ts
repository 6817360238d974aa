declare module "*.ttf" {
  const font: ArrayBuffer;
  export default font;
}
