/** The page of the service that manages memories. It asks the API for everything, and has nothing of its own. */

import { Manager } from "./manage/app.ts";

void new Manager().begin();
