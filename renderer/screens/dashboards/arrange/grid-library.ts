import 'react-grid-layout/css/styles.css';

/** The grid that can be dragged, with the styles that it needs. */
export { GridLayout, useContainerWidth, verticalCompactor, type Layout } from 'react-grid-layout';
