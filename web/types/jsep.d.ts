// jsep's own types declare the package's name; pages load it under another.
import jsep from "jsep";

export default jsep;
